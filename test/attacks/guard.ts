import type { AttackRows } from './row.ts';

export const guardAttacks = {} as const satisfies AttackRows;

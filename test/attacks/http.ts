import type { AttackRows } from './row.ts';

export const httpAttacks = {} as const satisfies AttackRows;

import type { AttackRows } from './row.ts';

export const logAttacks = {} as const satisfies AttackRows;

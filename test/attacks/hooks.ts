import type { AttackRows } from './row.ts';

export const hooksAttacks = {} as const satisfies AttackRows;

import type { AttackRows } from './row.ts';

export const signalsAttacks = {} as const satisfies AttackRows;

import type { AttackRows } from './row.ts';

export const daemonAttacks = {} as const satisfies AttackRows;

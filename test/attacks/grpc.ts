import type { AttackRows } from './row.ts';

export const grpcAttacks = {} as const satisfies AttackRows;

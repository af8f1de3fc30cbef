import type { AttackRows } from './row.ts';

export const grpcAttacks = {
  'grpc-rounded-decimal': {
    attack: 'A call of MCP contains a number that the policy would round',
    result: 'The check refuses it, whatever the mapping made of it',
  },
} as const satisfies AttackRows;

import type { AttackRows } from './row.ts';

export const grpcAttacks = {
  'grpc-rounded-decimal': {
    attack: 'A call of MCP contains a number that the policy would round',
    result: 'The check refuses it, whatever the mapping made of it',
  },
  'grpc-other-session': {
    attack: 'A proxy names the session of another caller in the header of a checked request',
    result:
      'Denied with `no_session`, as for an id that does not exist; the log names the proxy that sent the check',
  },
} as const satisfies AttackRows;

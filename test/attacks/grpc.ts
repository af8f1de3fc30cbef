import type { AttackRows } from './row.ts';

export const grpcAttacks = {
  'grpc-slow-messages': {
    attack: 'A peer begins many calls with long messages that do not end',
    result:
      '`RESOURCE_EXHAUSTED` if more than 16 MiB of one address or 64 MiB in all wait, `DEADLINE_EXCEEDED` after 10 seconds, and others are answered',
  },
  'grpc-request-flood': {
    attack: 'A proxy sends more checks than its `max_rate`, over gRPC and HTTP together',
    result:
      '`RESOURCE_EXHAUSTED`, on which it refuses the request; nothing is written to the log for each',
  },
  'grpc-rounded-decimal': {
    attack: 'A call of MCP contains a number that the policy would round',
    result: 'The check refuses it, whatever the mapping made of it',
  },
  'grpc-empty-session': {
    attack:
      'A token has an empty `sid`, or none, so that the expression of the mapping for the session is an empty string',
    result: 'the check refuses it with `not_mapped`, and does not decide it without the session',
  },
  'grpc-other-session': {
    attack: 'A proxy names the session of another caller in the header of a checked request',
    result:
      'Denied with `no_session`, as for an id that does not exist; the log names the proxy that sent the check',
  },
  'envoy-omitted-session': {
    attack:
      'A client whose session was revoked leaves its session header out, or sends another, empty or repeated one',
    result: '403: the session is that of the verified token',
  },
  'envoy-other-token': {
    attack:
      'A client sends no token, an unsigned or expired one, one of another issuer or audience, two tokens, or one without a session',
    result: '401 or 403; the upstream gets no request',
  },
  'envoy-session-of-another': {
    attack:
      'A client has a token with the session of another subject, or with one that is not open',
    result: '403',
  },
  'envoy-path-confusion': {
    attack:
      'A path is written with `//`, `..`, `%2e`, `%2f`, `%5c`, `;`, a backslash or a fragment to reach what the policy denies',
    result: 'the upstream gets only paths that the policy permits, as the policy read them',
  },
  'envoy-forged-decision': {
    attack:
      'A client sends the headers of a decision itself, in any case, repeated, or with underscores',
    result: 'the upstream gets the headers of the service only',
  },
  'envoy-method-confusion': {
    attack:
      'A client overrides the method by a header or sends a method that the policy does not declare',
    result: 'the policy decides the method that the upstream gets; another one is refused with 403',
  },
} as const satisfies AttackRows;

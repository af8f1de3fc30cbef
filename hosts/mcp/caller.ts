// Who sent a message: the subject of the options, or that of the token which the SDK verified.

import type { CallerFacts, ClientFacts, Members } from '@nhipol/service';
import type { AuthInfo, MessageExtra } from './sdk.ts';

/** Throws if the sender is not identified. */
export type CallerReader = (extra: MessageExtra | undefined) => ClientFacts;

export function createCallerReader(
  clientFacts: ClientFacts | undefined,
  byClaims: ((claims: Members) => CallerFacts) | undefined,
): CallerReader {
  return (extra) => {
    if (clientFacts !== undefined) return clientFacts;
    const { authInfo } = extra ?? {};
    if (authInfo === undefined || byClaims === undefined) throw new Error('there is no token');
    const token = toClaims(authInfo);
    return { ...byClaims(token), token };
  };
}

/** The claims by their names in RFC 9068. Those that the SDK itself checked win over `extra`. */
function toClaims({ clientId, scopes, expiresAt, resource, extra }: AuthInfo): Members {
  return {
    ...extra,
    client_id: clientId,
    scope: scopes.join(' '),
    ...(expiresAt === undefined ? {} : { exp: expiresAt }),
    ...(resource === undefined ? {} : { aud: resource.href }),
  };
}

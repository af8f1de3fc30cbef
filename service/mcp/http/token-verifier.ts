// Identifies the client of a guard by its bearer token.

import type { Members } from '../../json/members.ts';
import { createTokenReader, type TokenMapping } from '../../mapping/token-facts.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import {
  createClaimsVerifier,
  type TokenRefusal,
  type TokenTrust,
} from '../../tokens/verify-token.ts';
import type { ClientFacts } from '../client.ts';

export interface TokenOptions extends TokenMapping, TokenTrust {
  /** Whether the server gets the token, too. Default: false. */
  readonly isForwarded?: boolean;
}

export type TokenVerifier = (
  authorization: string | undefined,
) => Promise<ClientFacts | TokenRefusal>;

/** `context`: facts that no claim overrides. Throws a `MappingError` if the mapping is not valid. */
export function createTokenVerifier(options: TokenOptions, context: Members): TokenVerifier {
  const factsOf = createTokenReader(options);
  const verify = createClaimsVerifier(options);
  return async (authorization) => {
    const verified = await verify(authorization);
    if ('problem' in verified) return verified;
    const { claims } = verified;
    try {
      const facts = factsOf(claims);
      const validUntil = Number(claims.exp) * 1_000;
      return { ...facts, context: { ...facts.context, ...context }, token: claims, validUntil };
    } catch (error) {
      return { status: 401, problem: formatErrorMessage(error) };
    }
  };
}

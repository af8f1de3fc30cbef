// Verifies the bearer token of a request (RFC 6750, RFC 7519), and returns the client that it identifies.

import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { Members } from '../../json/members.ts';
import { type TokenMapping, tokenFacts } from '../../mapping/token-facts.ts';
import { messageOf } from '../../support/message-of.ts';
import type { ClientFacts } from '../client.ts';

export interface TokenOptions extends TokenMapping {
  readonly issuer: string;
  /** The identifier of the server; a token for another one is refused. */
  readonly audience: string;
  /** The keys of the issuer: a JSON Web Key Set. */
  readonly jwks: URL;
  readonly algorithms: readonly string[];
  /** Whether the server gets the token, too. Default: false. */
  readonly isForwarded?: boolean;
}

/** Algorithms with a public key. With a shared secret, everybody who verifies tokens could issue them. */
export const tokenAlgorithms: readonly string[] = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
];

export interface TokenRefusal {
  readonly status: 401 | 503;
  readonly problem: string;
}

export type TokenVerifier = (
  authorization: string | undefined,
) => Promise<ClientFacts | TokenRefusal>;

/** `context`: facts that no claim overrides. Throws a `MappingError` if the mapping is not valid. */
export function tokenVerifier(options: TokenOptions, context: Members): TokenVerifier {
  const { issuer, audience, jwks } = options;
  const algorithms = options.algorithms.filter((each) => tokenAlgorithms.includes(each));
  const factsOf = tokenFacts(options);
  const keys = createRemoteJWKSet(jwks);
  return async (authorization) => {
    const token = /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) return { status: 401, problem: 'a bearer token is required' };
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        requiredClaims: ['exp'],
      });
      const claims = { ...payload, aud: audience };
      const facts = factsOf(claims);
      return { ...facts, context: { ...facts.context, ...context }, token: claims };
    } catch (error) {
      return { status: isUnavailable(error) ? 503 : 401, problem: messageOf(error) };
    }
  };
}

/** Whether the keys could not be read, so that nothing is known about the token. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout) return true;
  if (error instanceof errors.JOSEError) return error.code === errors.JOSEError.code;
  return error instanceof TypeError;
}

// Verifies the bearer token of a request (RFC 6750, RFC 7519), and returns its claims.

import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import type { Members } from '../json/members.ts';
import { messageOf } from '../support/message-of.ts';

export interface TokenTrust {
  readonly issuer: string;
  /** The identifier of the server; a token for another one is refused. */
  readonly audience: string;
  /** The keys of the issuer: a JSON Web Key Set. */
  readonly jwks: URL;
  readonly algorithms: readonly string[];
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

/** `authorization`: the header of the request. */
export type ClaimsVerifier = (
  authorization: string | undefined,
) => Promise<{ readonly claims: Members } | TokenRefusal>;

export function claimsVerifier({ issuer, audience, jwks, algorithms }: TokenTrust): ClaimsVerifier {
  const accepted = algorithms.filter((each) => tokenAlgorithms.includes(each));
  const keys = createRemoteJWKSet(jwks);
  return async (authorization) => {
    const token = bearerToken(authorization);
    if (token === undefined) return { status: 401, problem: 'a bearer token is required' };
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: accepted,
        requiredClaims: ['exp'],
      });
      return { claims: { ...payload, aud: audience } };
    } catch (error) {
      return { status: areKeysUnavailable(error) ? 503 : 401, problem: messageOf(error) };
    }
  };
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
}

/** Whether the keys could not be read, so that nothing is known about the token. */
export function areKeysUnavailable(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout) return true;
  if (error instanceof errors.JOSEError) return error.code === errors.JOSEError.code;
  return error instanceof TypeError;
}

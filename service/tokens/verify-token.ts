// Verifies the bearer token of a request (RFC 6750, RFC 7519), and returns its claims. Only access tokens are accepted
// (RFC 9068; RFC 8725, section 3.11): an ID token or a security event token of the same issuer is for another purpose.

import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Members } from '../json/members.ts';
import { anyDestination } from '../support/destinations.ts';
import { formatErrorMessage } from '../support/message-of.ts';
import { createKeySource } from './issuer-keys.ts';

export interface TokenTrust {
  readonly issuer: string;
  /** The identifier of the server; a token for another one is refused. */
  readonly audience: string;
  /** The keys of the issuer: a JSON Web Key Set. */
  readonly jwks: URL;
  readonly algorithms: readonly string[];
  /** The accepted values of the header `typ`; `JWT` also accepts a token without one. Default: `accessTokenTypes`. */
  readonly types?: readonly string[];
}

/** The type of access tokens (RFC 9068, section 2.1). */
export const accessTokenTypes: readonly string[] = ['at+jwt'];

/** Algorithms with a public key. With a shared secret, everybody who verifies tokens could issue them. */
export const tokenAlgorithms: readonly string[] = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** Claims of tokens that are not access tokens: security events and logouts (RFC 8417), and ID tokens (OpenID Connect). */
const foreignClaims = ['events', 'at_hash', 'c_hash'] as const;

export interface TokenRefusal {
  readonly status: 401 | 503;
  readonly problem: string;
}

/** `authorization`: the header of the request. */
export type ClaimsVerifier = (
  authorization: string | undefined,
) => Promise<{ readonly claims: Members } | TokenRefusal>;

export function createClaimsVerifier(trust: TokenTrust): ClaimsVerifier {
  const { issuer, audience, jwks, types = accessTokenTypes } = trust;
  const algorithms = trust.algorithms.filter((algorithm) => tokenAlgorithms.includes(algorithm));
  const keys = createKeySource(jwks, () => anyDestination);
  const accepted = new Set(types.map(normalizeType));
  return async (authorization) => {
    const token = readBearerToken(authorization);
    if (token === undefined) return { status: 401, problem: 'a bearer token is required' };
    try {
      const { payload, protectedHeader } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms,
        requiredClaims: ['exp'],
      });
      const problem = typeProblem(protectedHeader.typ, accepted) ?? claimProblem(payload);
      if (problem !== undefined) return { status: 401, problem };
      return { claims: { ...payload, aud: audience } };
    } catch (error) {
      return { status: areKeysUnavailable(error) ? 503 : 401, problem: formatErrorMessage(error) };
    }
  };
}

/** A media type; `application/` may be left out (RFC 7515, section 4.1.9). */
function normalizeType(type: string): string {
  return type.toLowerCase().replace(/^application\//, '');
}

function typeProblem(type: unknown, accepted: ReadonlySet<string>): string | undefined {
  if (accepted.has(normalizeType(typeof type === 'string' ? type : 'JWT'))) return undefined;
  const found = typeof type === 'string' ? `the type ${JSON.stringify(type)}` : 'no type';
  return `it has ${found}, and not that of an access token (${[...accepted].join(', ')})`;
}

function claimProblem(payload: JWTPayload): string | undefined {
  const foreign = foreignClaims.find((name) => payload[name] !== undefined);
  return foreign && `it has the claim ${foreign}, so it is not an access token`;
}

export function readBearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1];
}

/**
 * The issuer that a token names, before anything of it is verified, or `undefined` if it names none, or is not a token.
 */
export function readTokenIssuer(authorization: string | undefined): string | undefined {
  try {
    return decodeJwt(readBearerToken(authorization) ?? '').iss;
  } catch {
    return undefined;
  }
}

/** Whether the keys could not be read, so that nothing is known about the token. */
export function areKeysUnavailable(error: unknown): boolean {
  if (error instanceof errors.JWKSTimeout) return true;
  return !(error instanceof errors.JOSEError) || error.code === errors.JOSEError.code;
}

// Who may call the service, and for what: takes the credentials of a call, whatever its transport, and returns the caller.

import { createHash } from 'node:crypto';
import { Problem } from '../pdp/problem.ts';
import { type Evidence, noEvidence } from '../pdp/requests/vouched-facts.ts';
import { isLoopback } from '../support/loopback.ts';
import {
  type ClaimsVerifier,
  createClaimsVerifier,
  readBearerToken,
  readTokenIssuer,
  type TokenTrust,
} from '../tokens/verify-token.ts';
import { type Caller, type Role, roles } from './caller.ts';
import { listPeerMembers, type PeerCertificate } from './peer-certificate.ts';
import type { RateLimits } from './rate-limits.ts';

/** The roles of a caller, and the tenant whose sessions it has; `tenant` is `undefined` if it has its own. */
export interface Grant {
  readonly roles: readonly Role[];
  readonly tenant?: string | undefined;
  /** Requests a second, and open sessions, of each caller, or `undefined` for the limits of the service. */
  readonly maxRate?: number | undefined;
  readonly maxSessions?: number | undefined;
}

export interface ApiKey extends Grant {
  readonly id: string;
  /** SHA-256 of the key, in hexadecimal. A key is random, so that it need not be hashed slowly. */
  readonly sha256: string;
}

export interface AccessOptions {
  readonly keys?: readonly ApiKey[];
  /** Tokens of issuers; all tokens of one have the same roles. */
  readonly tokens?: readonly (TokenTrust & Grant)[];
  /** Certificates that the listener verified, by a URI or DNS name in them. */
  readonly certificates?: readonly ({ readonly name: string } & Grant)[];
}

/** The credentials of a call. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
  /** The certificate that was verified. */
  readonly certificate: PeerCertificate | undefined;
  /** The host that the caller named, with or without a port, or `undefined` if its transport names none. */
  readonly host?: string | undefined;
}

/** Returns the caller, or a promise of it. Throws or rejects with a `Problem` if nobody is identified. */
export interface Access {
  (credentials: Credentials): Caller | Promise<Caller>;
  /** A number that changes when other callers may call; absent: it never does. */
  readonly generation?: () => number;
  /** The rates of callers; absent: they have none. */
  readonly limits?: RateLimits;
  /** Whether a caller with this id may have a role, as far as that is known without its credentials; absent: all may. */
  readonly mayHave?: (id: string, role: Role) => boolean;
}

/** Throws a `Problem` if a caller does not have a role. */
export function expectRole({ id, roles }: Caller, role: Role): void {
  if (!roles.has(role)) throw new Problem(403, `${id} does not have the role ${role}`);
}

/**
 * Everybody may call, for a listener on a loopback address. A caller that names another host is a page whose name was bound
 * to this address (DNS rebinding), and is refused. `publicHost`: another name of the service, with a proxy before it.
 */
function createOpenAccess(publicHost: string | undefined): Access {
  return ({ certificate, host }) => {
    const name = host?.replace(/:\d+$/, '');
    if (name !== undefined && name !== publicHost && !isLoopback(name)) {
      throw new Problem(403, `the service is not ${name}: name the host with --public-url`);
    }
    return certificate === undefined ? anybody : { ...anybody, evidence: toEvidence(certificate) };
  };
}

export const openAccess: Access = createOpenAccess(undefined);

/** Without an access file callers are not distinguished, so that none can approve the calls of another. */
const anybody: Caller = {
  id: 'local',
  isOperator: true,
  evidence: noEvidence,
  roles: new Set(roles.filter((role) => role !== 'approve')),
};

/** A caller without the evidence of its credentials. */
type Granted = Omit<Caller, 'evidence'>;

function createGranted(id: string, { roles, ...limits }: Grant): Granted {
  const { tenant, maxRate, maxSessions } = limits;
  const isOperator = roles.includes('operate');
  return { id, isNamed: true, tenant, maxRate, maxSessions, roles: new Set(roles), isOperator };
}

/** `options`: undefined for open access. */
export function createAccess(options: AccessOptions | undefined, publicHost?: string): Access {
  if (options === undefined) return createOpenAccess(publicHost);
  const { keys = [], tokens = [], certificates = [] } = options;
  const byKey = new Map(
    keys.map((key) => [key.sha256.toLowerCase(), createGranted(`key:${key.id}`, key)] as const),
  );
  const byName = new Map(
    certificates.map(
      (certificate) =>
        [certificate.name, createGranted(`certificate:${certificate.name}`, certificate)] as const,
    ),
  );
  const issuers = new Map(
    tokens.map(
      (trust) => [trust.issuer, { ...trust, verify: createClaimsVerifier(trust) }] as const,
    ),
  );
  const granted = [...byKey.values(), ...byName.values()];
  const mayHave = (id: string, role: Role) =>
    granted.some((each) => each.id === id && each.roles.has(role)) ||
    tokens.some((token) => id.startsWith(`token:${token.issuer}#`) && token.roles.includes(role));
  return Object.assign(identify, { mayHave });

  function identify(credentials: Credentials): Caller | Promise<Caller> {
    const { certificate } = credentials;
    const key = findKey(credentials);
    const known = key === undefined ? undefined : byKey.get(hashSha256(key));
    const evidence = certificate === undefined ? noEvidence : toEvidence(certificate);
    if (known !== undefined) return { ...known, evidence };
    if (issuers.size > 0 && readBearerToken(credentials.authorization) !== undefined) {
      return identifyByToken(issuers, credentials.authorization, evidence);
    }
    const named =
      certificate &&
      [...certificate.uris, ...certificate.dnsNames].find((name) => byName.has(name));
    const byCertificate = named === undefined ? undefined : byName.get(named);
    if (byCertificate !== undefined) return { ...byCertificate, evidence };
    throw new Problem(
      401,
      'the caller is not identified: a key, a token or a certificate is required',
    );
  }
}

type Issuers = ReadonlyMap<string, Grant & { readonly verify: ClaimsVerifier }>;

/** Each issuer has its own keys: that of the token is only believed after its signature was verified. */
async function identifyByToken(
  issuers: Issuers,
  authorization: string | undefined,
  evidence: Evidence,
): Promise<Caller> {
  const issuer = issuers.get(readTokenIssuer(authorization) ?? '');
  if (issuer === undefined) {
    throw new Problem(401, 'the token is not accepted: it is of no issuer that the service trusts');
  }
  const verified = await issuer.verify(authorization);
  if ('problem' in verified) {
    throw new Problem(verified.status, `the token is not accepted: ${verified.problem}`);
  }
  const { iss, sub, exp } = verified.claims;
  if (typeof sub !== 'string' || sub === '') {
    throw new Problem(401, 'the token is not accepted: it names no subject in `sub`');
  }
  return {
    ...createGranted(`token:${iss}#${sub}`, issuer),
    evidence: { ...evidence, token: verified.claims },
    validUntil: typeof exp === 'number' ? exp * 1_000 : undefined,
  };
}

/** The key of a caller: in a header of its own, as a bearer token, or as the password of basic authentication. */
function findKey({ apiKey, authorization }: Credentials): string | undefined {
  if (apiKey !== undefined) return apiKey;
  const basic = /^Basic +([\w+/=-]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return readBearerToken(authorization);
  const text = Buffer.from(basic, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}

function hashSha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function toEvidence(certificate: PeerCertificate): Evidence {
  return { token: {}, peer: listPeerMembers(certificate) };
}

// Who may call the service, and for what: takes the credentials of a call, whatever its transport, and returns the caller.

import { createHash } from 'node:crypto';
import { Problem } from '../pdp/problem.ts';
import { type Evidence, noEvidence } from '../pdp/vouched-facts.ts';
import { isLoopback } from '../support/loopback.ts';
import {
  bearerToken,
  type ClaimsVerifier,
  claimsVerifier,
  type TokenTrust,
} from '../tokens/verify-token.ts';
import { type PeerCertificate, peerMembers } from './peer-certificate.ts';

/**
 * `evaluate`: evaluations and searches. `sessions`: opens, changes and watches sessions, and approves calls. `operate`: the
 * policy, metrics and the console. `signals`: event streams of the transmitter.
 */
export type Role = 'evaluate' | 'sessions' | 'operate' | 'signals';
export const roles: readonly Role[] = ['evaluate', 'sessions', 'operate', 'signals'];

export interface Caller {
  /** Who it is, for logs. */
  readonly id: string;
  readonly roles: ReadonlySet<Role>;
  readonly evidence: Evidence;
}

export interface ApiKey {
  readonly id: string;
  /** SHA-256 of the key, in hexadecimal. A key is random, so that it need not be hashed slowly. */
  readonly sha256: string;
  readonly roles: readonly Role[];
}

export interface AccessOptions {
  readonly keys?: readonly ApiKey[];
  /** Tokens of an issuer; all of them have the same roles. */
  readonly tokens?: TokenTrust & { readonly roles: readonly Role[] };
  /** Certificates that the listener verified, by a URI or DNS name in them. */
  readonly certificates?: readonly { readonly name: string; readonly roles: readonly Role[] }[];
}

/** The credentials of a call. */
export interface Credentials {
  readonly authorization: string | undefined;
  readonly apiKey: string | undefined;
  /** The certificate that was verified. */
  readonly certificate: PeerCertificate | undefined;
  /** The host that the caller named, with or without a port; undefined: its transport names none. */
  readonly host?: string | undefined;
}

/** Returns the caller, or a promise of it. Throws or rejects with a `Problem` if nobody is identified. */
export type Access = (credentials: Credentials) => Caller | Promise<Caller>;

/** Throws a `Problem` if a caller does not have a role. */
export function expectRole({ id, roles }: Caller, role: Role): void {
  if (!roles.has(role)) throw new Problem(403, `${id} does not have the role ${role}`);
}

/**
 * Everybody may call, for a listener on a loopback address. A caller that names another host is a page whose name was bound
 * to this address (DNS rebinding), and is refused. `publicHost`: another name of the service, with a proxy before it.
 */
export function openTo(publicHost: string | undefined): Access {
  return ({ certificate, host }) => {
    const name = host?.replace(/:\d+$/, '');
    if (name !== undefined && name !== publicHost && !isLoopback(name)) {
      throw new Problem(403, `the service is not ${name}: name the host with --public-url`);
    }
    return certificate === undefined ? anybody : { ...anybody, evidence: evidenceOf(certificate) };
  };
}

export const openAccess: Access = openTo(undefined);

const anybody: Caller = { id: 'local', roles: new Set(roles), evidence: noEvidence };

/** `options`: undefined for open access. */
export function accessBy(options: AccessOptions | undefined, publicHost?: string): Access {
  if (options === undefined) return openTo(publicHost);
  const keys = new Map(
    (options.keys ?? []).map(({ id, sha256, roles }) => [
      sha256.toLowerCase(),
      { id, roles: new Set(roles) },
    ]),
  );
  const names = new Map(
    (options.certificates ?? []).map(({ name, roles }) => [name, new Set(roles)]),
  );
  const tokens = options.tokens && {
    roles: new Set(options.tokens.roles),
    verify: claimsVerifier(options.tokens),
  };
  return (credentials) => {
    const { certificate } = credentials;
    const key = keyIn(credentials);
    const known = key === undefined ? undefined : keys.get(sha256(key));
    const evidence = certificate === undefined ? noEvidence : evidenceOf(certificate);
    if (known !== undefined) return { ...known, evidence };
    if (tokens !== undefined && bearerToken(credentials.authorization) !== undefined) {
      return byToken(tokens, credentials.authorization, evidence);
    }
    const named =
      certificate && [...certificate.uris, ...certificate.dnsNames].find((name) => names.has(name));
    const granted = named === undefined ? undefined : names.get(named);
    if (named !== undefined && granted !== undefined) {
      return { id: named, roles: granted, evidence };
    }
    throw new Problem(
      401,
      'the caller is not identified: a key, a token or a certificate is required',
    );
  };
}

async function byToken(
  {
    verify,
    roles: granted,
  }: { readonly verify: ClaimsVerifier; readonly roles: ReadonlySet<Role> },
  authorization: string | undefined,
  evidence: Evidence,
): Promise<Caller> {
  const verified = await verify(authorization);
  if ('problem' in verified) {
    throw new Problem(verified.status, `the token is not accepted: ${verified.problem}`);
  }
  const { claims } = verified;
  const id = typeof claims.sub === 'string' ? claims.sub : 'token';
  return { id, roles: granted, evidence: { ...evidence, token: claims } };
}

/** The key of a caller: in a header of its own, as a bearer token, or as the password of basic authentication. */
function keyIn({ apiKey, authorization }: Credentials): string | undefined {
  if (apiKey !== undefined) return apiKey;
  const basic = /^Basic +([\w+/=-]+)$/i.exec(authorization ?? '')?.[1];
  if (basic === undefined) return bearerToken(authorization);
  const text = Buffer.from(basic, 'base64').toString();
  return text.slice(text.indexOf(':') + 1);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function evidenceOf(certificate: PeerCertificate): Evidence {
  return { token: {}, peer: peerMembers(certificate) };
}

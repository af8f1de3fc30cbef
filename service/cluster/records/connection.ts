// Connects to NATS: takes addresses and credentials, returns a connection that reconnects until it is closed.

import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import {
  type Authenticator,
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
} from '@nats-io/transport-node';
import { ClusterError } from '../cluster-error.ts';
import { connectionProblem } from './connection-problem.ts';
import { type PemKind, readCredentials, readPem } from './credential-files.ts';

export interface ConnectionOptions {
  /** URLs such as `nats://10.0.0.5:4222`, with `tls://` for TLS; a user and password may be in them. */
  readonly servers: readonly string[];
  /** Path of a credentials file (JWT and NKey), or of the seed of an NKey. */
  readonly credentials?: string | undefined;
  /** Paths of files in PEM. */
  readonly authorities?: string | undefined;
  readonly certificate?: string | undefined;
  readonly key?: string | undefined;
  /** Shown by the server's monitoring. */
  readonly name: string;
}

/** How long the first connection may take, in milliseconds. */
const connectTimeout = 5_000;
/** How long a server may be silent before another one is used: two unanswered pings, in milliseconds. */
const pingInterval = 1_000;

/** Rejects with a `ClusterError` if no server can be reached, or if a file cannot be read. */
export async function connectToNats(options: ConnectionOptions): Promise<NatsConnection> {
  const { servers, credentials, certificate, name } = options;
  const urls = servers.map((server) => new URL(server));
  const [{ username, password } = { username: '', password: '' }] = urls;
  const tls = tlsOf(options, urls);
  const authenticator = credentials === undefined ? undefined : authenticatorFrom(credentials);
  try {
    return await connect({
      servers: urls.map(({ hostname, port }) => `${hostname}:${port === '' ? '4222' : port}`),
      ...(username === '' ? {} : { user: decodeURIComponent(username) }),
      ...(password === '' ? {} : { pass: decodeURIComponent(password) }),
      ...(authenticator === undefined ? {} : { authenticator }),
      ...(tls === undefined ? {} : { tls }),
      name,
      timeout: connectTimeout,
      pingInterval,
      maxPingOut: 2,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 200,
      reconnectJitter: 100,
    });
  } catch (error) {
    const shown = servers.map((server) => server.replace(/\/\/[^@/]*@/, '//')).join(', ');
    const given = {
      hasCredentials: username !== '' || authenticator !== undefined,
      mayLackCertificate: tls !== undefined && certificate === undefined,
    };
    throw new ClusterError(`cannot connect to ${shown}: ${connectionProblem(error, given)}`);
  }
}

function authenticatorFrom(path: string): Authenticator {
  const { kind, bytes } = readCredentials(path);
  return kind === 'seed' ? nkeyAuthenticator(bytes) : credsAuthenticator(bytes);
}

/** undefined: it is used if the server requires it. */
function tlsOf({ authorities, certificate, key }: ConnectionOptions, urls: readonly URL[]) {
  const isNamed = urls.some(({ protocol }) => protocol === 'tls:');
  const files = { ca: authorities, cert: certificate, key };
  const given = Object.entries(files).filter(([, path]) => path !== undefined);
  if (!isNamed && given.length === 0) return undefined;
  if ((certificate === undefined) !== (key === undefined)) {
    throw new ClusterError(
      'a certificate for NATS needs its private key, and a key its certificate',
    );
  }
  const kinds: Readonly<Record<string, PemKind>> = { ca: 'CERTIFICATE', cert: 'CERTIFICATE' };
  const texts = given.map(([name, path]) => [
    name,
    readPem(path as string, kinds[name] ?? 'PRIVATE KEY'),
  ]);
  return { ...Object.fromEntries(texts), checkServerIdentity: identityCheck(urls) };
}

/** The client of NATS does not pass the address on if it is not a name; Node.js then assumes `localhost`. */
function identityCheck(urls: readonly URL[]) {
  const hosts = urls.map(({ hostname }) => hostname.replace(/^\[|\]$/g, ''));
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  return (host: string, certificate: PeerCertificate): Error | undefined => {
    if (host !== 'localhost' || hosts.includes('localhost')) {
      return checkServerIdentity(host, certificate);
    }
    const found = addresses.map((address) => checkServerIdentity(address, certificate));
    return found.length === 0 ? checkServerIdentity(host, certificate) : firstOr(found);
  };
}

/** undefined if one of several checks succeeded. */
function firstOr(found: readonly (Error | undefined)[]): Error | undefined {
  return found.some((error) => error === undefined) ? undefined : found[0];
}

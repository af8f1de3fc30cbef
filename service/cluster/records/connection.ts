// Connects to NATS: takes addresses and credentials, returns a connection that reconnects until it is closed.

import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { formatUrl } from '../../support/format-url.ts';
import { ClusterError } from '../cluster-error.ts';
import { describeConnectionProblem } from './connection-problem.ts';
import { type CredentialFiles, NodeProof } from './node-proof.ts';

export interface ConnectionOptions extends CredentialFiles {
  /** URLs such as `nats://10.0.0.5:4222`, with `tls://` for TLS; a user and password may be in them. */
  readonly servers: readonly string[];
  /** Shown by the server's monitoring. */
  readonly name: string;
}

/** How long the first connection may take, in milliseconds. */
const connectTimeout = 5_000;
/** How long a server may be silent before another one is used: two unanswered pings, in milliseconds. */
const pingInterval = 1_000;

/** Rejects with a `ClusterError` if no server can be reached, or if a file cannot be read. */
export async function connectToNats(
  options: ConnectionOptions,
  proof = new NodeProof(options),
): Promise<NatsConnection> {
  const { servers, credentials, certificate, name } = options;
  const urls = servers.map((server) => new URL(server));
  const [{ username, password } = { username: '', password: '' }] = urls;
  const tls = readTls(options, urls, proof);
  const authenticator = credentials === undefined ? undefined : proof.authenticator;
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
      // Other credentials may be in the file by the next attempt.
      ignoreAuthErrorAbort: true,
      reconnectTimeWait: 200,
      reconnectJitter: 100,
    });
  } catch (error) {
    const shown = servers.map(formatUrl).join(', ');
    const given = {
      hasCredentials: username !== '' || authenticator !== undefined,
      mayLackCertificate: tls !== undefined && certificate === undefined,
    };
    throw new ClusterError(
      `cannot connect to ${shown}: ${describeConnectionProblem(error, given)}`,
    );
  }
}

const pemNames = { ca: 'authorities', cert: 'certificate', key: 'key' } as const;

/** `undefined` if it is used when the server requires it. */
function readTls(
  { authorities, certificate, key }: ConnectionOptions,
  urls: readonly URL[],
  proof: NodeProof,
) {
  const isNamed = urls.some(({ protocol }) => protocol === 'tls:');
  const isGiven = [authorities, certificate, key].some((path) => path !== undefined);
  if (!isNamed && !isGiven) return undefined;
  if ((certificate === undefined) !== (key === undefined)) {
    throw new ClusterError(
      'a certificate for NATS needs its private key, and a key its certificate',
    );
  }
  const tls = { checkServerIdentity: createIdentityCheck(urls) };
  // The client of NATS reads these members for each connection.
  const members = { ca: authorities, cert: certificate, key };
  for (const [member, path] of Object.entries(members)) {
    const pem = () => proof.pem(pemNames[member as keyof typeof pemNames]);
    if (path !== undefined) Object.defineProperty(tls, member, { enumerable: true, get: pem });
  }
  return tls as typeof tls & {
    readonly ca?: string;
    readonly cert?: string;
    readonly key?: string;
  };
}

/** The client of NATS does not pass the address on if it is not a name; Node.js then assumes `localhost`. */
function createIdentityCheck(urls: readonly URL[]) {
  const hosts = urls.map(({ hostname }) => hostname.replace(/^\[|\]$/g, ''));
  const addresses = hosts.filter((host) => isIP(host) !== 0);
  return (host: string, certificate: PeerCertificate): Error | undefined => {
    if (host !== 'localhost' || hosts.includes('localhost')) {
      return checkServerIdentity(host, certificate);
    }
    const found = addresses.map((address) => checkServerIdentity(address, certificate));
    return found.length === 0 ? checkServerIdentity(host, certificate) : selectFirst(found);
  };
}

/** `undefined` if one of several checks succeeded. */
function selectFirst(found: readonly (Error | undefined)[]): Error | undefined {
  return found.some((error) => error === undefined) ? undefined : found[0];
}

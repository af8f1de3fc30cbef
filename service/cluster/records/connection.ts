// Connects to NATS: takes addresses and credentials, returns a connection that reconnects until it is closed.

import { readFileSync } from 'node:fs';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';

export interface ConnectionOptions {
  /** URLs such as `nats://10.0.0.5:4222`, with `tls://` for TLS; a user and password may be in them. */
  readonly servers: readonly string[];
  /** Path of a credentials file (JWT and NKey). */
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

/** Rejects if no server can be reached. Throws if a file cannot be read. */
export async function connectToNats(options: ConnectionOptions): Promise<NatsConnection> {
  const { servers, credentials, authorities, certificate, key, name } = options;
  const urls = servers.map((server) => new URL(server));
  const [{ username, password } = { username: '', password: '' }] = urls;
  const isSecure =
    authorities !== undefined ||
    certificate !== undefined ||
    urls.some(({ protocol }) => protocol === 'tls:');
  return connect({
    servers: urls.map(({ hostname, port }) => `${hostname}:${port === '' ? '4222' : port}`),
    ...(username === '' ? {} : { user: decodeURIComponent(username) }),
    ...(password === '' ? {} : { pass: decodeURIComponent(password) }),
    ...(credentials === undefined
      ? {}
      : { authenticator: credsAuthenticator(readFileSync(credentials)) }),
    ...(isSecure
      ? {
          tls: {
            ...(authorities === undefined ? {} : { caFile: authorities }),
            ...(certificate === undefined ? {} : { certFile: certificate }),
            ...(key === undefined ? {} : { keyFile: key }),
          },
        }
      : {}),
    name,
    timeout: connectTimeout,
    pingInterval,
    maxPingOut: 2,
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    reconnectJitter: 100,
  });
}

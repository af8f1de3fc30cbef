// The certificate of a listener, which can be replaced while it runs. A client that was accepted by an authority which is no
// longer one is identified by its certificate for as long as its connection lasts, so such connections are closed.

import type { Server } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { TlsSecrets } from './tls-files.ts';

export class TlsConnections {
  readonly #server: Server;
  readonly #accepted = new Set<TLSSocket>();
  #secrets: TlsSecrets;

  constructor(server: Server, secrets: TlsSecrets) {
    this.#server = server;
    this.#secrets = secrets;
    server.on('secureConnection', (socket) => {
      if (!socket.authorized) return;
      this.#accepted.add(socket);
      socket.once('close', () => this.#accepted.delete(socket));
    });
  }

  replace(secrets: TlsSecrets): void {
    const before = this.#secrets;
    this.#secrets = secrets;
    this.#server.setSecureContext(createTlsContext(secrets));
    if (hasSameAuthorities(before, secrets)) return;
    for (const socket of this.#accepted) socket.destroy();
  }
}

export function hasSameAuthorities({ ca: one }: TlsSecrets, { ca: other }: TlsSecrets): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}

/** Without a certificate a client may still have a key or a token. */
export function createTlsContext({ ca, ...identity }: TlsSecrets) {
  return {
    ...identity,
    minVersion: 'TLSv1.2' as const,
    ...(ca === undefined ? {} : { ca, requestCert: true, rejectUnauthorized: false }),
  };
}

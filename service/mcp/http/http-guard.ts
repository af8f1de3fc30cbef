// The guard of a server over Streamable HTTP: listens for clients, and passes on what is permitted.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Guard } from '../guard.ts';
import { HttpHandler } from './http-handler.ts';
import type { TokenVerifier } from './token-verifier.ts';

export interface HttpGuardOptions {
  readonly guard: Guard;
  readonly upstream: URL;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** Clients must send it as `Authorization: Bearer`, and the server does not get it; undefined: anybody may call. */
  readonly token: string | undefined;
  /** How clients are identified by their tokens; undefined: all of them are the client of the guard's own facts. */
  readonly verifier?: TokenVerifier | undefined;
  /** Whether the server gets the tokens that were verified. */
  readonly isTokenForwarded?: boolean | undefined;
  readonly maxMessageBytes: number;
  /**
   * The bytes of all bodies and answers that have not arrived or been read completely. Default: 64 MiB, or four of the longest
   * messages.
   */
  readonly maxWaitingBytes?: number | undefined;
  readonly onWarning: (warning: string) => void;
}

export interface HttpGuard {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const maxConnections = 10_000;

/** Rejects if the address cannot be used. */
export async function listenHttp(options: HttpGuardOptions): Promise<HttpGuard> {
  const handler = new HttpHandler(options);
  const server: Server = createServer((request, response) => {
    handler.handle(request, response).catch((error: unknown) => {
      // The client has left before the end of its body.
      if (response.destroyed && (error as NodeJS.ErrnoException).code === 'ECONNRESET') return;
      options.onWarning(`refused a request: ${String(error)}`);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    url: `http://${host}:${port}${options.upstream.pathname}`,
    close: async () => {
      handler.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

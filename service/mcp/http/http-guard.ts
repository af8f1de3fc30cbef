// The guard of a server over Streamable HTTP: listens for clients, and passes on what is permitted.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpGuardOptions } from './http-guard-options.ts';
import { HttpHandler } from './http-handler.ts';

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
      const closed = new Promise((resolve) => server.close(resolve));
      await handler.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

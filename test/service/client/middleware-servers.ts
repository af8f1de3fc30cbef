// Servers of every framework with the same protected routes, for tests of the middleware: one answers at once, one waits
// until its authorization ends, one streams until then.

import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { serve } from '@hono/node-server';
import {
  type AnyRequest,
  type Authorization,
  getAuthorization,
  getHeader,
  type ProtectOptions,
  protectExpress,
  protectFastify,
  protectFetch,
  protectHono,
  sessionFromHeader,
} from '@nhipol/service/middleware';
import type express from 'express';
import type { Request as ExpressRequest } from 'express';
import fastify, { type FastifyRequest } from 'fastify';
import { type Context, Hono } from 'hono';

/** How each server is protected, without the functions that depend on the framework. */
export type Protected = Omit<ProtectOptions<AnyRequest>, 'evaluation' | 'session'>;

export interface Served {
  readonly url: string;
  /** The reasons of the signals of handlers. */
  readonly ended: unknown[];
  /** The number of handlers that ran. */
  ran: number;
  readonly end: () => Promise<void>;
}

/** The header with the evaluation request, as JSON. */
export const requestHeader = 'x-evaluation';

const common = {
  evaluation: (request: AnyRequest) => JSON.parse(getHeader(request, requestHeader) ?? ''),
  session: sessionFromHeader(),
  isSessionOptional: true,
};

/**
 * Express, for a worker of vitest: with the conditions that it gives to Node, `require` would find the ES module of a
 * dependency that must be a function.
 */
function loadExpress(): typeof import('express') {
  const require = createRequire(import.meta.url);
  const exports = (value: unknown) => value instanceof Promise;
  require.cache[require.resolve('is-promise')] = { exports, loaded: true } as NodeJS.Module;
  return require('express');
}

class Handlers {
  readonly ended: unknown[] = [];
  ran = 0;

  now({ constraints, obligations, session }: Authorization): object {
    this.ran += 1;
    return { constraints, obligations: obligations.map(({ name }) => name), session };
  }

  /** Resolves when the authorization ends. */
  wait({ signal }: Authorization): Promise<string> {
    this.ran += 1;
    return new Promise((resolve) => {
      signal.addEventListener('abort', () => {
        this.ended.push(signal.reason);
        // A handler that is late, and does not know that its response was sent.
        setTimeout(() => resolve('late'), 50);
      });
    });
  }

  async *stream({ signal }: Authorization): AsyncGenerator<string> {
    this.ran += 1;
    signal.addEventListener('abort', () => this.ended.push(signal.reason));
    for (let count = 0; !signal.aborted && count < 200; count += 1) {
      yield `${count}\n`;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

function listening(server: Server, handlers: Handlers): Served {
  const { port } = server.address() as AddressInfo;
  return Object.assign(handlers, {
    url: `http://127.0.0.1:${port}`,
    end: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  });
}

function textStream(chunks: AsyncIterable<string>): ReadableStream<Uint8Array> {
  return Readable.toWeb(
    Readable.from(
      (async function* () {
        for await (const chunk of chunks) yield Buffer.from(chunk);
      })(),
      { objectMode: false },
    ),
  ) as ReadableStream<Uint8Array>;
}

function serveFetch(fetch: (request: Request) => Response | Promise<Response>, handlers: Handlers) {
  return new Promise<Served>((resolve) => {
    const server = serve({ fetch, port: 0, hostname: '127.0.0.1' }, () =>
      resolve(listening(server as Server, handlers)),
    );
  });
}

/** The functions of the frameworks, for programs that import them. */
export function frameworkApis() {
  return { express: loadExpress(), fastify, Hono };
}

/** Listens with an app of a framework, or with a handler of the fetch style. */
export async function startFramework(framework: string, app: unknown): Promise<Served> {
  const handlers = new Handlers();
  if (framework === 'hono') return serveFetch((app as Hono).fetch, handlers);
  if (framework === 'fetch') return serveFetch(app as (request: Request) => Response, handlers);
  if (framework === 'fastify') {
    const server = app as ReturnType<typeof fastify>;
    await server.listen({ host: '127.0.0.1', port: 0 });
    return listening(server.server, handlers);
  }
  const server = createServer(app as ReturnType<typeof express>);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return listening(server, handlers);
}

export const frameworks: Readonly<Record<string, (options: Protected) => Promise<Served>>> = {
  fetch: (options) => {
    const handlers = new Handlers();
    const handler = protectFetch({ ...options, ...common }, async (request, authorization) => {
      const { pathname } = new URL(request.url);
      if (pathname === '/wait') return new Response(await handlers.wait(authorization));
      if (pathname === '/stream') return new Response(textStream(handlers.stream(authorization)));
      return Response.json(handlers.now(authorization));
    });
    return serveFetch(handler, handlers);
  },
  Express: async (options) => {
    const handlers = new Handlers();
    const app = loadExpress()();
    app.use(protectExpress<ExpressRequest>({ ...options, ...common }));
    app.get('/now', (request, response) => {
      response.json(handlers.now(getAuthorization(request)));
    });
    app.get('/wait', async (request, response) => {
      const text = await handlers.wait(getAuthorization(request));
      if (!response.headersSent) response.send(text);
    });
    app.get('/stream', (request, response) => {
      Readable.from(handlers.stream(getAuthorization(request))).pipe(response);
    });
    const server = createServer(app);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return listening(server, handlers);
  },
  Fastify: async (options) => {
    const handlers = new Handlers();
    const app = fastify();
    app.addHook('preHandler', protectFastify<FastifyRequest>({ ...options, ...common }));
    app.get('/now', async (request) => handlers.now(getAuthorization(request)));
    app.get('/wait', async (request) => handlers.wait(getAuthorization(request)));
    app.get('/stream', (request, reply) => {
      reply.send(Readable.from(handlers.stream(getAuthorization(request)), { objectMode: false }));
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    return listening(app.server, handlers);
  },
  Hono: (options) => {
    const handlers = new Handlers();
    const app = new Hono();
    app.use(protectHono<Context>({ ...options, ...common }));
    app.get('/now', (context) => context.json(handlers.now(getAuthorization(context))));
    app.get('/wait', async (context) =>
      context.text(await handlers.wait(getAuthorization(context))),
    );
    app.get('/stream', (context) =>
      context.body(textStream(handlers.stream(getAuthorization(context)))),
    );
    return serveFetch(app.fetch, handlers);
  },
};

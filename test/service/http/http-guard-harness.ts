// A guard over HTTP in one process, between clients that the test names by their tokens and a server of MCP that answers
// when the test says so.

import {
  createServer,
  type IncomingHttpHeaders,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ClientFacts, Guard, type LogEntry, listenHttp } from '@nhipol/service';
import { noAbilities } from '../../../service/engine/abilities.ts';
import { files, temporaryStore } from '../relay/relay-harness.ts';

type Json = Readonly<Record<string, unknown>>;

interface ReceivedRequest {
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly message: Json;
}

/** A server of MCP that opens sessions, and lists the tools of the relay's tests. */
export class HeldServer {
  readonly received: ReceivedRequest[] = [];
  /** The responses to all other requests, in their order. */
  readonly held: ServerResponse[] = [];
  readonly #server: Server;
  url = new URL('http://127.0.0.1/');
  /** The statuses with which it refuses the next cancellations of requests. */
  readonly refusals: number[] = [];

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const message: Json = text === '' ? {} : JSON.parse(text);
      const { method = '', headers } = request;
      this.received.push({ method, headers, message });
      if (method === 'GET' || (message.id !== undefined && message.method !== undefined)) {
        this.#take(message, response);
      } else {
        const isCancellation = message.method === 'notifications/cancelled';
        const refusal = isCancellation ? this.refusals.shift() : undefined;
        response.writeHead(refusal ?? (method === 'DELETE' ? 204 : 202)).end();
      }
    });
  }

  #take({ id, method }: Json, response: ServerResponse): void {
    const isGuards = String(id).startsWith('nhipol-');
    if (method !== 'initialize' && !isGuards) {
      this.held.push(response);
      return;
    }
    const session = method === 'initialize' ? { 'mcp-session-id': 's-1' } : {};
    const result = method === 'tools/list' ? { tools: files } : {};
    response.writeHead(200, { 'content-type': 'application/json', ...session });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  }

  /** Answers the request that is held at an index. */
  answer(index: number, message: Json): void {
    const response = this.held[index];
    response?.writeHead(200, { 'content-type': 'application/json' });
    response?.end(JSON.stringify({ jsonrpc: '2.0', ...message }));
  }

  /** The parameters of the cancellations of requests. */
  get cancellations(): readonly unknown[] {
    const all = this.received.map(({ message }) => message);
    return all
      .filter(({ method }) => method === 'notifications/cancelled')
      .map(({ params }) => params);
  }

  get methods(): readonly unknown[] {
    return this.received.map(({ message }) => message.method);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

export interface HttpGuardHarness {
  readonly server: HeldServer;
  readonly guard: Guard;
  /** The path of the state. */
  readonly path: string;
  readonly url: string;
  readonly logged: readonly LogEntry[];
  readonly warnings: readonly string[];
  /** Sends a message, or a request without one. */
  readonly send: (message: Json | undefined, sending?: Sending) => Promise<Response>;
  readonly close: () => Promise<void>;
}

interface Sending {
  readonly method?: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: RequestInit['body'];
}

/** `clients`: the facts of clients by their tokens. */
export async function startHttpGuard(
  module: Uint8Array,
  clients: Readonly<Record<string, ClientFacts>>,
): Promise<HttpGuardHarness> {
  const server = new HeldServer();
  await server.listen();
  const { store, path } = temporaryStore();
  const logged: LogEntry[] = [];
  const warnings: string[] = [];
  const onWarning = (warning: string) => void warnings.push(warning);
  const guard = await Guard.open({
    module,
    abilities: noAbilities,
    store,
    mode: 'enforce',
    facts: undefined,
    log: { append: (entry) => `${logged.push(entry)}`, close: async () => {} },
    server: 'fs',
    session: undefined,
    pins: undefined,
    ask: 'never',
    askTimeout: 1_000,
    refusal: 'error',
    onRevoked: () => {},
    onWarning,
  });
  const http = await listenHttp({
    guard,
    upstream: server.url,
    host: '127.0.0.1',
    port: 0,
    token: undefined,
    verifier: async (header) =>
      clients[header?.slice('Bearer '.length) ?? ''] ?? { status: 401, problem: 'unknown' },
    maxMessageBytes: 1_000_000,
    onWarning,
  });
  const [firstToken = ''] = Object.keys(clients);
  return {
    server,
    guard,
    path,
    logged,
    warnings,
    url: http.url,
    send: (message, { method = 'POST', token = firstToken, headers = {}, body } = {}) => {
      const text = message && JSON.stringify({ jsonrpc: '2.0', ...message });
      const sent = body ?? text;
      return fetch(http.url, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
          ...headers,
        },
        ...(sent === undefined ? {} : { body: sent, duplex: 'half' }),
      } as RequestInit);
    },
    close: async () => {
      await http.close();
      await guard.close();
      server.close();
    },
  };
}

/** Initializes a session of MCP, and returns its header. */
export async function openSession({ send }: HttpGuardHarness): Promise<Record<string, string>> {
  const params = { protocolVersion: '2025-06-18', capabilities: { elicitation: {} } };
  const response = await send({ id: 'init', method: 'initialize', params });
  await response.text();
  return { 'mcp-session-id': response.headers.get('mcp-session-id') ?? '' };
}

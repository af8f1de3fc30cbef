// A guard over HTTP in one process, between a client that reads every byte it gets and a server that answers when the test says so.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Guard, type HttpGuard, type LogEntry, listenHttp } from '@nhipol/service';
import { noAbilities } from '../../../service/engine/abilities.ts';
import { files } from '../relay/relay-harness.ts';
import type { ChangingStore } from './closed-world.ts';
import type { Sent } from './messages.ts';

interface Received {
  readonly method: string;
  readonly text: string;
}

/** A server of MCP whose answers are streams of events that the test writes. */
class EventServer {
  readonly received: Received[] = [];
  /** The streams that can carry events, the latest last. */
  readonly streams: ServerResponse[] = [];
  readonly #server: Server;
  url = new URL('http://127.0.0.1/');

  constructor() {
    this.#server = createServer((request, response) => void this.#take(request, response));
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method = '', headers } = request;
    this.received.push({ method, text: `${text}${JSON.stringify(headers)}` });
    const { id, method: name }: Sent = text === '' ? {} : JSON.parse(text);
    if (method === 'GET' || (id !== undefined && name !== undefined)) {
      this.#answer(String(id), name, response);
    } else {
      response.writeHead(method === 'DELETE' ? 204 : 202).end();
    }
  }

  #answer(id: string, name: string | undefined, response: ServerResponse): void {
    const session = name === 'initialize' ? { 'mcp-session-id': 's-1' } : {};
    if (name === 'initialize' || id.startsWith('nhipol-')) {
      const result = name === 'tools/list' ? { tools: files } : {};
      response.writeHead(200, { 'content-type': 'application/json', ...session });
      response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
    this.streams.push(response);
  }

  /** Writes an event on one of the streams. `id`: that of the event. */
  write(data: string, index: number, id: string): void {
    const { length } = this.streams;
    this.streams[index % Math.max(length, 1)]?.write(`id: ${id}\ndata: ${data}\n\n`);
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = new URL(`http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/mcp`);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const nameParameters: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

export interface HttpResult {
  readonly status: number;
  /** The part of the body that has come. */
  readonly text: () => string;
  readonly isEnded: () => boolean;
}

export class HttpWorld {
  readonly logged: LogEntry[] = [];
  readonly server = new EventServer();
  readonly results: HttpResult[] = [];
  /** The session of MCP, once it is initialized. */
  session: string | undefined;
  readonly #store: ChangingStore;
  readonly #leaving = new AbortController();
  #guard: Guard | undefined;
  #http: HttpGuard | undefined;

  constructor(store: ChangingStore) {
    this.#store = store;
  }

  async open(module: Uint8Array, validUntil: number): Promise<void> {
    await this.server.listen();
    const facts = {
      identity: { type: 'ai_agent', id: this.#store.subject, properties: {} },
      context: {},
      validUntil,
    };
    this.#guard = await Guard.open({
      module,
      abilities: noAbilities,
      store: this.#store.store,
      mode: 'enforce',
      facts: undefined,
      log: { append: (entry) => `${this.logged.push(entry)}`, close: async () => {} },
      server: 'fs',
      session: undefined,
      pins: undefined,
      ask: 'elicitation',
      askTimeout: 1_000,
      refusal: 'result',
      onRevoked: () => {},
      onWarning: () => {},
    });
    this.#http = await listenHttp({
      guard: this.#guard,
      upstream: this.server.url,
      host: '127.0.0.1',
      port: 0,
      token: undefined,
      verifier: async () => facts,
      maxMessageBytes: 100_000,
      onWarning: () => {},
    });
  }

  /** Sends an HTTP request. Resolves when its headers came; the body is read meanwhile. */
  async send(method: string, text?: string): Promise<HttpResult> {
    const response = await fetch(this.#http?.url ?? '', {
      method,
      headers: {
        authorization: 'Bearer x',
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(this.session === undefined ? {} : { 'mcp-session-id': this.session }),
        ...createHeaders(text),
      },
      signal: this.#leaving.signal,
      ...(text === undefined ? {} : { body: text }),
    });
    this.session ??= response.headers.get('mcp-session-id') ?? undefined;
    let body = '';
    let isEnded = false;
    void (async () => {
      const decoder = new TextDecoder();
      for await (const chunk of response.body ?? [])
        body += decoder.decode(chunk, { stream: true });
    })()
      .catch(() => {})
      .finally(() => {
        isEnded = true;
      });
    const result = { status: response.status, text: () => body, isEnded: () => isEnded };
    this.results.push(result);
    return result;
  }

  async close(): Promise<void> {
    this.#leaving.abort();
    await this.#http?.close();
    await this.#guard?.close();
    await this.server.close();
  }
}

/** The headers that the revision of a message requires. */
function createHeaders(text: string | undefined): Record<string, string> {
  let message: Sent = {};
  try {
    message = JSON.parse(text ?? '{}');
  } catch {}
  const { method = '', params } = message;
  const meta = params?._meta as Readonly<Record<string, unknown>> | undefined;
  const version = meta?.['io.modelcontextprotocol/protocolVersion'];
  if (typeof version !== 'string' || message.id === undefined) return {};
  const name = params?.[nameParameters[method] ?? ''];
  return {
    'mcp-protocol-version': version,
    'mcp-method': method,
    ...(typeof name === 'string' ? { 'mcp-name': name } : {}),
  };
}

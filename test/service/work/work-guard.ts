// A guard over HTTP in one process, in front of a server whose work is seen.

import { request } from 'node:http';
import {
  type ClientFacts,
  Guard,
  type HttpGuard,
  type LogEntry,
  listenHttp,
  sqliteStore,
} from '@nhipol/service';
import { noAbilities } from '../../../service/engine/abilities.ts';
import { temporaryStore } from '../relay/relay-harness.ts';
import { WorkServer } from './work-server.ts';

/** The rules of these tests: what the agent has read of `read` denies calls of `slow`. */
export const workPolicy = `policy test.work version "1.0.0"
record Path { path: String }
subject ai_agent {}
action "fs:read" { arguments: Path }
action "fs:slow" { arguments: Path }
action any {}
resource mcp_server {}
outcomes { "delivered": {} }
for ai_agent { permit works otherwise }
for ai_agent doing "fs:slow", "mcp:resources/read" {
  deny after_page when once(outcome "delivered" doing "fs:read") because "it has read a page"
}
`;

export type Revision = '2025-11-25' | '2026-07-28';
/** The requests on which the server works. */
export type WorkMethod = 'tools/call' | 'resources/read';

export class WorkGuard {
  readonly server = new WorkServer();
  readonly warnings: string[] = [];
  readonly logged: LogEntry[] = [];
  #path = '';
  #guard: Guard | undefined;
  #http: HttpGuard | undefined;
  #session: Readonly<Record<string, string>> = {};
  /** The token of the next requests. */
  token = 'first';
  /** When tokens expire, instead of `validUntil`. */
  readonly expiries = new Map<string, number>();
  /** Whether the token of the client is accepted: its key was not removed. */
  isAccepted = true;
  /** When the token of the client expires, in milliseconds since the epoch. */
  validUntil = Date.now() + 3_600_000;
  /** How long the client may take to continue a stream, in milliseconds. */
  resumePeriod = 60_000;

  async open(module: Uint8Array): Promise<void> {
    await this.server.listen();
    const { store, path } = temporaryStore();
    this.#path = path;
    const onWarning = (warning: string) => void this.warnings.push(warning);
    this.#guard = await Guard.open({
      module,
      abilities: noAbilities,
      store,
      mode: 'enforce',
      facts: undefined,
      log: { append: (entry) => `${this.logged.push(entry)}`, close: async () => {} },
      server: 'fs',
      session: undefined,
      pins: undefined,
      ask: 'never',
      askTimeout: 1_000,
      refusal: 'error',
      onRevoked: () => {},
      onWarning,
    });
    this.#http = await listenHttp({
      guard: this.#guard,
      upstream: this.server.url,
      host: '127.0.0.1',
      port: 0,
      verifier: async (authorization) =>
        this.isAccepted
          ? this.#createFacts(authorization?.replace('Bearer ', ''))
          : { status: 401, problem: 'its key was removed' },
      token: undefined,
      maxMessageBytes: 32_000_000,
      onWarning,
      resumePeriod: this.resumePeriod,
    });
    await this.openSession();
    await (await this.call(0, 'answer', { tool: 'slow' })).text();
  }

  /** The facts of the client, whose token expires when the test says so, also if it was verified before. */
  #createFacts(token = ''): ClientFacts {
    const expiry = () => this.expiries.get(token) ?? this.validUntil;
    return {
      identity: { type: 'ai_agent', id: 'ann', properties: {} },
      context: {},
      get validUntil() {
        return expiry();
      },
    };
  }

  /** Initializes the client: its session of MCP is a new one. */
  async openSession(): Promise<void> {
    this.#session = {};
    const params = { protocolVersion: '2025-11-25', capabilities: {} };
    const response = await this.send({ id: 'init', method: 'initialize', params });
    await response.text();
    this.#session = { 'mcp-session-id': response.headers.get('mcp-session-id') ?? '' };
  }

  /** Sends a message, or ends the session of MCP without one. */
  send(message: object | undefined, init: RequestInit = {}): Promise<Response> {
    return fetch(this.#http?.url ?? '', {
      method: message === undefined ? 'DELETE' : 'POST',
      ...init,
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(init.headers ?? this.#session),
      },
      ...(message === undefined || init.method === 'GET'
        ? {}
        : { body: JSON.stringify({ jsonrpc: '2.0', ...message }) }),
    });
  }

  /** Calls a tool, or sends another request. `padding`: the length that is added to the call. */
  call(
    id: number,
    path: string,
    {
      tool = 'slow',
      method = 'tools/call',
      revision = '2025-11-25',
      padding = 0,
      signal,
    }: {
      readonly tool?: string;
      readonly method?: WorkMethod;
      readonly revision?: Revision;
      readonly padding?: number;
      readonly signal?: AbortSignal;
    } = {},
  ): Promise<Response> {
    const isStateless = revision === '2026-07-28';
    const stated = isStateless ? { 'io.modelcontextprotocol/protocolVersion': revision } : {};
    const name = method === 'tools/call' ? tool : `file:///${id}`;
    const params = {
      ...(method === 'tools/call' ? { name } : { uri: name }),
      arguments: { path },
      _meta: { ...stated, padding: 'x'.repeat(padding) },
    };
    const headers = { 'mcp-protocol-version': revision, 'mcp-method': method };
    return this.send(
      { id, method, params },
      {
        ...(isStateless ? { headers: { ...headers, 'mcp-name': name } } : {}),
        ...(signal === undefined ? {} : { signal }),
      },
    );
  }

  /** Begins to send a call. The returned function sends the rest, and resolves with the body of the answer. */
  beginCall(id: number, path: string): () => Promise<string> {
    const params = { name: 'slow', arguments: { path } };
    const text = JSON.stringify({ jsonrpc: '2.0', id, method: 'tools/call', params });
    const sent = request(this.#http?.url ?? '', {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        ...this.#session,
        accept: 'application/json, text/event-stream',
        'content-length': text.length,
      },
    });
    const answer = new Promise<string>((resolve, reject) => {
      sent.once('error', reject);
      sent.once('response', async (response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of response) chunks.push(chunk);
        resolve(Buffer.concat(chunks).toString());
      });
    });
    sent.write(text.slice(0, 10));
    return () => {
      sent.end(text.slice(10));
      return answer;
    };
  }

  /** Continues the stream of an answer. */
  resume(signal: AbortSignal): Promise<Response> {
    const headers = { ...this.#session, 'last-event-id': 'e1' };
    return this.send({}, { method: 'GET', headers, signal });
  }

  /** The tools whose answers were recorded as delivered. */
  get delivered(): readonly string[] {
    return this.logged.flatMap((entry) => {
      if (entry.kind !== 'event' || entry.signal !== 'delivered') return [];
      return [(entry.payload as { action: { name: string } }).action.name];
    });
  }

  cancel(requestId: number): Promise<Response> {
    return this.send({ method: 'notifications/cancelled', params: { requestId } });
  }

  async readPage(id: number): Promise<void> {
    await (await this.call(id, 'answer', { tool: 'read' })).text();
  }

  revoke(): void {
    const other = sqliteStore(this.#path);
    other.revoke({
      subjectType: 'ai_agent',
      subjectId: 'ann',
      server: undefined,
      at: Date.now(),
      reasons: ['revoked_by_operator'],
      message: 'the key leaked',
    });
    other.close();
  }

  /** Ends the guard as an operator does, and leaves the server. */
  async end(): Promise<void> {
    await this.#http?.close();
    await this.#guard?.close();
    this.#http = undefined;
    this.#guard = undefined;
  }

  async close(): Promise<void> {
    await this.end();
    this.server.close();
  }
}

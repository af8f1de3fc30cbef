// The guard over HTTP: which client a session of MCP belongs to, what a client gets after a revoke, and one that hangs up.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import {
  type ClientFacts,
  Guard,
  type HttpGuard,
  type LogEntry,
  listenHttp,
  sqliteStore,
} from '@nhipol/service';
import { afterEach, beforeAll, expect, vi } from 'vitest';
import { noAbilities } from '../../../service/engine/abilities.ts';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard, guardPolicy } from '../guard/guard-policy.ts';
import { files, temporaryStore } from '../relay/relay-harness.ts';

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: {
    readonly name?: string;
    readonly taskId?: string;
    readonly requestId?: unknown;
  };
}

interface Received {
  readonly method: string;
  readonly message: Message;
  readonly session: string | undefined;
  readonly authorization: string | undefined;
}

/** A server of MCP over HTTP. */
class Upstream {
  readonly received: Received[] = [];
  readonly streams: ServerResponse[] = [];
  /** Calls that it has not answered, by their ids. */
  readonly waiting = new Map<number | string, ServerResponse>();
  readonly #hasSessions: boolean;
  readonly #server: Server;
  #sessions = 0;
  url = new URL('http://127.0.0.1/');
  /** Its answer to the end of a session, or `undefined` if there was none. */
  deletion: string | undefined;
  /** The tokens that it does not accept. */
  readonly expired = new Set<string | undefined>();

  constructor(hasSessions: boolean) {
    this.#hasSessions = hasSessions;
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const text = Buffer.concat(chunks).toString();
      const message: Message = text === '' ? {} : JSON.parse(text);
      const session = request.headers['mcp-session-id'];
      const { method = '' } = request;
      const { authorization } = request.headers;
      this.received.push({ method, message, session: session?.toString(), authorization });
      if (this.expired.has(authorization)) {
        response.writeHead(401).end();
        return;
      }
      this.#answer(method, message, response);
    });
  }

  #answer(method: string, { id, method: name, params }: Message, response: ServerResponse): void {
    if (method === 'GET') {
      response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders();
      this.streams.push(response);
      return;
    }
    if (method === 'DELETE' && this.deletion !== undefined) {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'mcp-session-id': 'evil' });
      response.end(this.deletion);
      return;
    }
    if (id === undefined) {
      response.writeHead(method === 'DELETE' ? 204 : 202).end();
      return;
    }
    if (name === 'tools/call' && params?.name === 'slow') {
      this.waiting.set(id, response);
      return;
    }
    const results: Readonly<Record<string, object>> = {
      'tools/list': { tools: files },
      'tools/call': { content: [{ type: 'text', text: 'done' }] },
    };
    const opens = name === 'initialize' && this.#hasSessions;
    if (opens) this.#sessions += 1;
    const session = opens ? { 'mcp-session-id': `s-${this.#sessions}` } : {};
    response.writeHead(200, { 'content-type': 'application/json', ...session });
    response.end(JSON.stringify({ jsonrpc: '2.0', id, result: results[name ?? ''] ?? {} }));
  }

  complete(id: number | string): void {
    const response = this.waiting.get(id);
    const result = { content: [{ type: 'text', text: 'late' }] };
    response?.writeHead(200, { 'content-type': 'application/json' });
    response?.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
  }

  /** The requests that are cancelled, however often. */
  get cancelledIds(): ReadonlySet<unknown> {
    const all = this.received.map(({ message }) => message);
    const cancellations = all.filter(({ method }) => method === 'notifications/cancelled');
    return new Set(cancellations.map(({ params }) => params?.requestId));
  }

  methods(): readonly (string | undefined)[] {
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

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function startUpstream(hasSessions = true): Promise<Upstream> {
  const upstream = new Upstream(hasSessions);
  await upstream.listen();
  cleanups.push(() => upstream.close());
  return upstream;
}

/** When the tokens of clients expire. */
const expiries = new Map<string, number>();
/** How the tokens of clients are refused. */
const refusals = new Map<string, 401 | 503>();
afterEach(() => {
  expiries.clear();
  refusals.clear();
});

const createFacts = (id: string): ClientFacts => ({
  identity: {
    type: 'ai_agent',
    id,
    properties: { expires_at: '2099-01-01T00:00:00Z' },
  },
  context: {},
  get validUntil() {
    return expiries.get(id);
  },
});

/** A guard whose clients are identified by the name after `Bearer`, up to a period. */
async function startGuard(
  upstream: Upstream,
  options: { readonly isTokenForwarded?: boolean } = {},
) {
  const { store, path } = temporaryStore();
  const logged: LogEntry[] = [];
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
    refusal: 'result',
    onRevoked: () => {},
    onWarning: () => {},
  });
  const http: HttpGuard = await listenHttp({
    guard,
    upstream: upstream.url,
    host: '127.0.0.1',
    port: 0,
    token: undefined,
    verifier: async (header) => {
      const [id = ''] = header?.slice('Bearer '.length).split('.') ?? [];
      const status = refusals.get(id);
      return status === undefined ? createFacts(id) : { status, problem: 'refused' };
    },
    maxMessageBytes: 100_000,
    onWarning: () => {},
    ...options,
  });
  cleanups.push(async () => {
    await http.close();
    await guard.close();
  });
  return { http, guard, path, logged };
}

interface Sending {
  readonly method?: string;
  readonly session?: string;
  readonly signal?: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(
  { http }: { readonly http: HttpGuard },
  subject: string,
  message: object | undefined,
  { method = 'POST', session, signal, headers = {} }: Sending = {},
): Promise<Response> {
  return fetch(http.url, {
    method,
    headers: {
      authorization: `Bearer ${subject}`,
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...(session === undefined ? {} : { 'mcp-session-id': session }),
      ...headers,
    },
    ...(message === undefined ? {} : { body: JSON.stringify({ jsonrpc: '2.0', ...message }) }),
    ...(signal === undefined ? {} : { signal }),
  });
}

const initialize = {
  id: 0,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {} },
};
const call = (id: number, name = 'read') => ({
  id,
  method: 'tools/call',
  params: { name, arguments: { path: '/work/a' } },
});

async function openSession(guard: { readonly http: HttpGuard }, subject: string): Promise<string> {
  const response = await send(guard, subject, initialize);
  await response.text();
  return response.headers.get('mcp-session-id') ?? '';
}

attack('guard-http-unknown-session', async () => {
  const upstream = await startUpstream();
  const before = await startGuard(upstream);
  const session = await openSession(before, 'bob');
  expect((await send(before, 'ann', call(1), { session })).status).toBe(403);
  const guard = await startGuard(upstream);
  const known = upstream.received.length;
  for (const method of ['POST', 'GET', 'DELETE']) {
    const message = method === 'POST' ? call(1) : undefined;
    const refused = await send(guard, 'ann', message, { method, session });
    expect([method, refused.status]).toEqual([method, 404]);
    await refused.text();
  }
  const many = Array.from({ length: 300 }, async (_, index) => {
    const unknown = { method: 'notifications/unknown' };
    const response = await send(guard, 'ann', unknown, { session: `x${index}` });
    expect(response.status).toBe(404);
    await response.text();
  });
  await Promise.all(many);
  expect(upstream.received.length).toBe(known);
  const own = await openSession(guard, 'bob');
  expect((await send(guard, 'bob', call(1), { session: own })).status).toBe(200);
});

attack('guard-http-no-sessions', async () => {
  const upstream = await startUpstream(false);
  const guard = await startGuard(upstream);
  for (const subject of ['ann', 'bob', 'ann']) {
    const response = await send(guard, subject, initialize);
    expect([subject, response.status]).toEqual([subject, 200]);
    await response.text();
    const answer = await (await send(guard, subject, call(1))).json();
    expect(answer.result.content[0].text).toBe('done');
  }
  const running = send(guard, 'ann', call(7, 'slow'));
  await expect.poll(() => upstream.waiting.size).toBe(1);
  // The ids of one subject are not those of another.
  expect((await (await send(guard, 'bob', call(7))).json()).result.content[0].text).toBe('done');
  expect((await (await send(guard, 'ann', { id: 7, method: 'ping' })).json()).error.message).toBe(
    'a request with this id is in use',
  );
  upstream.complete(7);
  expect((await (await running).json()).result.content[0].text).toBe('late');
});

attack('guard-http-revoked-stream', async () => {
  const upstream = await startUpstream();
  const guard = await startGuard(upstream);
  const session = await openSession(guard, 'ann');
  const stream = await send(guard, 'ann', undefined, { method: 'GET', session });
  const reader = stream.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  const reading = (async () => {
    for (;;) {
      const { done, value = '' } = (await reader?.read()) ?? { done: true };
      if (done) return;
      text += value;
    }
  })().catch(() => {});
  const say = (data: string) => {
    const message = { jsonrpc: '2.0', method: 'notifications/message', params: { data } };
    upstream.streams[0]?.write(`data: ${JSON.stringify(message)}\n\n`);
  };
  say('before');
  await expect.poll(() => text).toContain('before');
  const running = send(guard, 'ann', call(9, 'slow'), { session });
  await expect.poll(() => upstream.waiting.size).toBe(1);
  // As another process does.
  const other = sqliteStore(guard.path);
  other.revoke({
    subjectType: 'ai_agent',
    subjectId: 'ann',
    server: undefined,
    at: Date.now(),
    reasons: ['revoked_by_operator'],
    message: 'the key leaked',
  });
  other.close();
  expect((await (await running).json()).result.content[0].text).toContain('the key leaked');
  await expect.poll(() => upstream.methods()).toContain('notifications/cancelled');
  say('after');
  await delay(100);
  expect(text).not.toContain('after');
  expect((await send(guard, 'ann', undefined, { method: 'GET', session })).status).toBe(403);
  expect(await (await send(guard, 'ann', initialize)).text()).toContain('the key leaked');
  expect(await (await send(guard, 'bob', initialize)).text()).not.toContain('the key leaked');
  upstream.streams[0]?.end();
  await reading;
});

attack('guard-http-hang-up', async () => {
  const upstream = await startUpstream();
  const guard = await startGuard(upstream);
  const session = await openSession(guard, 'ann');
  const leaving = new AbortController();
  const sent = send(guard, 'ann', call(9, 'slow'), { session, signal: leaving.signal });
  await expect.poll(() => upstream.waiting.size).toBe(1);
  leaving.abort();
  await expect(sent).rejects.toThrow();
  await delay(100);
  upstream.complete(9);
  const outcomes = () =>
    guard.logged.flatMap((entry) => (entry.kind === 'event' ? [entry.signal] : []));
  await expect.poll(() => outcomes()).toEqual(['completed']);
  expect((await send(guard, 'ann', call(9), { session })).status).toBe(200);
});

attack('guard-http-ended-relay', async () => {
  const upstream = await startUpstream();
  const guarding = await startGuard(upstream);
  const headers = { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'initialize' };
  const response = await send(guarding, 'ann', initialize, { headers });
  await response.text();
  const session = response.headers.get('mcp-session-id') ?? '';
  const running = send(guarding, 'ann', call(9, 'slow'), { session });
  await expect.poll(() => upstream.waiting.size, { timeout: 10_000 }).toBe(1);
  const stricter = guardPolicy.replace('permit inside when', 'permit inside when false and');
  guarding.guard.activate(await compileForGuard(stricter), noAbilities);
  const text = (await (await running).json()).result.content[0].text;
  expect(text).toContain('stopped while it ran');
  await expect
    .poll(() => upstream.methods(), { timeout: 10_000 })
    .toContain('notifications/cancelled');
});

attack('guard-http-delete-answer', async () => {
  const upstream = await startUpstream();
  upstream.deletion = 'data: {"jsonrpc":"2.0","id":"x","method":"sampling/createMessage"}\n\n';
  const guard = await startGuard(upstream);
  const session = await openSession(guard, 'ann');
  const response = await send(guard, 'ann', undefined, { method: 'DELETE', session });
  expect([response.status, await response.text()]).toEqual([200, '']);
  expect(response.headers.get('mcp-session-id')).toBeNull();
  expect(response.headers.get('content-type')).toBeNull();
  expect((await send(guard, 'ann', call(1), { session })).status).toBe(404);
});

attack('guard-http-delete-running', async () => {
  const upstream = await startUpstream();
  const guard = await startGuard(upstream);
  const session = await openSession(guard, 'ann');
  const running = send(guard, 'ann', call(9, 'slow'), { session });
  await expect.poll(() => upstream.waiting.size, { timeout: 10_000 }).toBe(1);
  const ended = await send(guard, 'ann', undefined, { method: 'DELETE', session });
  expect(ended.status).toBe(204);
  expect((await running).status).toBe(200);
  const [cancellation, end] = upstream.received.slice(-2);
  expect([cancellation?.message.method, cancellation?.session]).toEqual([
    'notifications/cancelled',
    session,
  ]);
  expect([end?.method, end?.session]).toEqual(['DELETE', session]);
});

attack('guard-http-cancel-expired', async () => {
  const upstream = await startUpstream();
  const guarding = await startGuard(upstream, { isTokenForwarded: true });
  const session = await openSession(guarding, 'ann.1');
  const running = send(guarding, 'ann.1', call(9, 'slow'), { session });
  await expect.poll(() => upstream.waiting.size, { timeout: 10_000 }).toBe(1);
  await (await send(guarding, 'ann.2', { id: 10, method: 'ping' }, { session })).text();
  upstream.expired.add('Bearer ann.1');
  const stricter = guardPolicy.replace('permit inside when', 'permit inside when false and');
  guarding.guard.activate(await compileForGuard(stricter), noAbilities);
  expect(await (await running).text()).toContain('stopped while it ran');
  const cancellations = () =>
    upstream.received.filter(({ message }) => message.method === 'notifications/cancelled');
  await expect
    .poll(() => cancellations().map(({ authorization }) => authorization), { timeout: 10_000 })
    .toEqual(['Bearer ann.1', 'Bearer ann.2']);
  expect(cancellations().map((each) => each.session)).toEqual([session, session]);
});

attack('guard-http-late-body', async () => {
  const upstream = await startUpstream();
  const guard = await startGuard(upstream);
  const session = await openSession(guard, 'ann');
  expect((await send(guard, 'ann', call(1), { session })).status).toBe(200);
  let finish = () => {};
  const text = JSON.stringify({ jsonrpc: '2.0', ...call(9, 'slow') });
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(Buffer.from(text.slice(0, 10)));
      finish = () => {
        controller.enqueue(Buffer.from(text.slice(10)));
        controller.close();
      };
    },
  });
  const announced = vi.spyOn(guard.guard, 'announce');
  const sent = fetch(guard.http.url, {
    method: 'POST',
    body,
    duplex: 'half',
    headers: {
      authorization: 'Bearer ann',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-session-id': session,
    },
  } as RequestInit);
  await expect.poll(() => announced.mock.calls.length, { timeout: 10_000 }).toBe(1);
  expect((await send(guard, 'ann', undefined, { method: 'DELETE', session })).status).toBe(204);
  finish();
  expect((await (await sent).json()).error.message).toContain('the connection has ended');
  expect(upstream.waiting.size).toBe(0);
});

attack(
  'guard-http-expired-token',
  async () => {
    const upstream = await startUpstream();
    const guard = await startGuard(upstream);
    const waiting = new Map<string, readonly [Promise<Response>, Promise<Response>]>();
    let id = 10;
    for (const client of ['ann', 'bob', 'eve']) {
      const session = await openSession(guard, client);
      const stream = await send(guard, client, undefined, { method: 'GET', session });
      id += 1;
      const running = send(guard, client, call(id, 'slow'), { session });
      waiting.set(client, [Promise.resolve(stream), running]);
    }
    await expect.poll(() => upstream.waiting.size, { timeout: 20_000 }).toBe(3);
    expiries.set('ann', Date.now() - 1);
    refusals.set('bob', 401);
    refusals.set('eve', 503);
    const reasons = { ann: 'the token has expired', bob: 'the token is no longer accepted' };
    for (const [client, reason] of Object.entries(reasons)) {
      const [stream, running] = waiting.get(client) ?? [];
      expect(await (await stream)?.text()).toBe('');
      expect(await (await running)?.text()).toContain(reason);
    }
    await expect
      .poll(() => [...upstream.cancelledIds].toSorted(), { timeout: 10_000 })
      .toEqual([11, 12]);
    const refused = guard.logged.filter((entry) => JSON.stringify(entry).includes('the token '));
    expect(refused).toHaveLength(2);
    // Nothing new is known about the third one.
    upstream.complete(13);
    expect(await (await waiting.get('eve')?.[1])?.text()).toContain('late');
    for (const stream of upstream.streams) stream.end();
    expect(await (await waiting.get('eve')?.[0])?.text()).toBe('');
    expect((await send(guard, 'ann', initialize)).status).toBe(401);
  },
  60_000,
);

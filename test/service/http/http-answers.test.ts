// Answers of a hostile server over HTTP: the client gets only messages that the guard decided.

import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { Guard, type HttpGuard, type LogEntry, listenHttp } from '@nhipol/service';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { noAbilities } from '../../../service/engine/abilities.ts';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard, guardPolicy } from '../guard/guard-policy.ts';
import { files, temporaryStore } from '../relay/relay-harness.ts';

type Message = { readonly id?: unknown; readonly method?: string };

let module: Uint8Array;
let upstream: Server;
/** How the server answers everything but lists of tools. */
let answer: (response: ServerResponse, message: Message) => void = () => {};

beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
  upstream = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const message = chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
    const isList = message.method === 'tools/list';
    if (isList) json(response, 200, { jsonrpc: '2.0', id: message.id, result: { tools: files } });
    else answer(response, message);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});

const opened: { readonly guard: Guard; readonly http: HttpGuard }[] = [];
afterEach(async () => {
  for (const { guard, http } of opened.splice(0)) {
    await http.close();
    await guard.close();
  }
});

function json(response: ServerResponse, status: number, body: object, type = 'application/json') {
  response.writeHead(status, { 'content-type': type, 'mcp-session-id': 's' });
  response.end(JSON.stringify(body));
}

interface Guarded {
  readonly url: string;
  readonly logged: LogEntry[];
  readonly warnings: readonly string[];
}

async function startGuard(): Promise<Guarded> {
  const logged: LogEntry[] = [];
  const warnings: string[] = [];
  const guard = await Guard.open({
    module,
    abilities: noAbilities,
    store: temporaryStore().store,
    log: { append: (entry) => `entry-${logged.push(entry)}`, close: async () => {} },
    mode: 'enforce',
    facts: { identity: { type: 'ai_agent', id: 'laptop', properties: {} }, context: {} },
    server: 'fs',
    session: undefined,
    pins: undefined,
    ask: 'elicitation',
    askTimeout: 1_000,
    refusal: 'result',
    onRevoked: () => {},
    onWarning: () => {},
  });
  const { port } = upstream.address() as AddressInfo;
  const http = await listenHttp({
    guard,
    upstream: new URL(`http://127.0.0.1:${port}/mcp`),
    host: '127.0.0.1',
    port: 0,
    token: undefined,
    maxMessageBytes: 100_000,
    onWarning: (warning) => warnings.push(warning),
  });
  opened.push({ guard, http });
  return { url: http.url, logged, warnings };
}

const send = (url: string, message: object, headers: Readonly<Record<string, string>> = {}) =>
  fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: '2.0', ...message }),
  });
const call = (id: number) => ({
  id,
  method: 'tools/call',
  params: { name: 'read', arguments: { path: '/work/a' } },
});
const sample = {
  jsonrpc: '2.0',
  id: 'x',
  method: 'sampling/createMessage',
  params: { messages: [], maxTokens: 1 },
};
const outcomes = (logged: readonly LogEntry[]) =>
  logged.flatMap((entry) => (entry.kind === 'event' ? [entry.signal] : []));

attack('guard-http-media-type', async () => {
  const { url } = await startGuard();
  const event = `data: ${JSON.stringify(sample)}\n\n`;
  const types = [
    'Text/Event-Stream',
    'TEXT/EVENT-STREAM;charset=utf-8',
    'text/plain',
    'text/x-json',
    '',
  ];
  let id = 0;
  for (const type of types) {
    for (const status of [200, 400, 500]) {
      answer = (response, message) => {
        if (message.method === undefined) response.writeHead(202).end();
        else response.writeHead(status, { 'content-type': type }).end(event);
      };
      id += 1;
      const received = await send(url, call(id));
      expect([type, status, await received.text()]).toEqual([
        type,
        status,
        expect.not.stringContaining('sampling'),
      ]);
      const stream = await fetch(url, { headers: { accept: 'text/event-stream' } });
      expect(await stream.text()).not.toContain('sampling');
    }
  }
  // JSON in another spelling is decided, with any status.
  for (const status of [200, 400]) {
    answer = (response) => json(response, status, sample, 'Application/JSON; charset=utf-8');
    id += 1;
    expect(await (await send(url, call(id))).text()).not.toContain('sampling');
    answer = (response, message) => {
      const error = { code: -32_022, message: 'unknown revision' };
      json(response, status, { jsonrpc: '2.0', id: message.id, error }, 'Application/JSON');
    };
    const received = await send(url, { id: 'd', method: 'server/discover' });
    expect([received.status, (await received.json()).error.code]).toEqual([status, -32_022]);
  }
});

attack('guard-http-event-id', async () => {
  const { url } = await startGuard();
  const hidden = `data: ${JSON.stringify(sample)}`;
  for (const separator of ['\u2028', '\u2029', '\u0085', '\v', '\f', '\x1c', '\x1e']) {
    answer = (response, { id }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const position = `id: 1${separator}${hidden}${separator}${separator}`;
      response.end(`${position}\ndata: ${JSON.stringify({ jsonrpc: '2.0', id, result: {} })}\n\n`);
    };
    const text = await (await send(url, { id: 1, method: 'ping' })).text();
    expect(text.split('\n')).toEqual([
      'event: message',
      'data: {"jsonrpc":"2.0","id":1,"result":{}}',
      '',
      '',
    ]);
  }
});

attack('guard-http-session-id', async () => {
  const { url } = await startGuard();
  const session = { 'mcp-session-id': 's' };
  answer = (response, { id }) => json(response, 200, { jsonrpc: '2.0', id, result: {} });
  await send(url, { id: 0, method: 'initialize', params: { capabilities: {} } });
  let resolve: (response: ServerResponse) => void = () => {};
  const called = new Promise<ServerResponse>((done) => {
    resolve = done;
  });
  answer = (response, message) => {
    if (message.method === 'tools/call') resolve(response);
    else json(response, 200, { jsonrpc: '2.0', id: message.id, result: {} });
  };
  const running = send(url, call(9), session);
  const waiting = await called;
  await send(url, { id: 1, method: 'initialize', params: { capabilities: {} } }, session);
  const ping = await (await send(url, { id: 9, method: 'ping' }, session)).json();
  expect(ping.error.message).toBe('a request with this id is in use');
  json(waiting, 200, { jsonrpc: '2.0', id: 9, result: { content: [] } });
  expect(await (await running).json()).toMatchObject({ id: 9, result: {} });
});

attack('guard-http-status', async () => {
  const { url, logged } = await startGuard();
  for (const status of [404, 503]) {
    answer = (response) =>
      response.writeHead(status, { 'content-type': 'text/html' }).end('<p>private');
    const received = await send(url, call(9));
    expect(received.status).toBe(status);
    expect(await received.json()).toEqual({
      jsonrpc: '2.0',
      id: 9,
      error: { code: -32_603, message: `the server answered with the status ${status}` },
    });
  }
  expect(outcomes(logged)).toEqual(['failed', 'failed']);
  answer = (response) => response.destroy();
  expect((await send(url, { id: 10, method: 'ping' })).status).toBe(502);
  expect((await send(url, { id: 10, method: 'ping' })).status).toBe(502);
});

attack(
  'guard-http-long-answer',
  async () => {
    const result = { content: [{ type: 'text', text: 'x'.repeat(3_000_000) }] };
    const writeAnswer = (id: unknown) => JSON.stringify({ jsonrpc: '2.0', id, result });
    const answers: readonly ((response: ServerResponse, id: unknown) => void)[] = [
      (response, id) => {
        response.writeHead(200, { 'content-type': 'application/json' }).end(writeAnswer(id));
      },
      (response, id) => {
        const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
        response.writeHead(200, headers).end(gzipSync(writeAnswer(id)));
      },
      (response, id) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.end(`data: ${writeAnswer(id)}\n\n`);
      },
    ];
    for (const each of answers) {
      const { url, logged } = await startGuard();
      answer = (response, { id }) => each(response, id);
      const received = await (await send(url, call(9))).text();
      expect(received).toContain('a message of the server is longer than 100000 bytes');
      expect(received.length).toBeLessThan(1_000);
      expect(outcomes(logged)).toEqual(['failed']);
    }
    const { url, warnings } = await startGuard();
    answer = (response) => response.writeHead(500).end('<p>'.repeat(30_000));
    expect((await send(url, call(9))).status).toBe(500);
    expect(warnings.join()).toContain('the server answered with 500: <p><p>');
    expect(warnings.join().length).toBeLessThan(3_000);
  },
  60_000,
);

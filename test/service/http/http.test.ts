// The guard over HTTP between real clients and real servers of both generations, and what it refuses before a message is
// read.

import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import {
  createMcpHandler,
  fromJsonSchema,
  inputRequired,
  McpServer,
} from '@modelcontextprotocol/server';
import { Guard, type HttpGuard, listenHttp } from '@nhipol/service';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { noAbilities } from '../../../service/engine/abilities.ts';
import { compileForGuard, guardPolicy } from '../guard/guard-policy.ts';
import { temporaryStore } from '../relay/relay-harness.ts';

let module: Uint8Array;
let upstream: Server;
let upstreamUrl: URL;
/** The calls that reached the server of SDK 2.x. */
const called: string[] = [];

beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
  const path = fromJsonSchema<{ path: string }>({
    type: 'object',
    properties: { path: { type: 'string' } },
    required: ['path'],
  });
  const handler = createMcpHandler(() => {
    const server = new McpServer({ name: 'fs', version: '1' }, { capabilities: { tools: {} } });
    const tool = (name: string) =>
      server.registerTool(name, { inputSchema: path }, async (given) => {
        called.push(`${name} ${given.path}`);
        return { content: [{ type: 'text', text: `${name} ${given.path}` }] };
      });
    for (const name of ['write', 'slow', 'delete']) tool(name);
    server.registerTool('read', { inputSchema: path }, async (given, context) => {
      if (given.path !== '/work/ask' || context.mcpReq.inputResponses?.q !== undefined) {
        called.push(`read ${given.path}`);
        return { content: [{ type: 'text', text: `read ${given.path}` }] };
      }
      const requestedSchema = { type: 'object', properties: {} } as const;
      const q = inputRequired.elicit({ message: 'which one?', requestedSchema });
      return inputRequired({ inputRequests: { q }, requestState: 'own' });
    });
    return server;
  });
  upstream = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const url = `http://localhost${request.url}`;
    const headers = request.headers as Record<string, string>;
    const body = chunks.length === 0 ? {} : { body: Buffer.concat(chunks) };
    const answer = await handler.fetch(
      new Request(url, { method: request.method ?? '', headers, ...body }),
    );
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    for await (const chunk of answer.body ?? []) response.write(chunk);
    response.end();
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  upstreamUrl = new URL(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}/mcp`);
});
afterAll(() => {
  upstream.closeAllConnections();
  upstream.close();
});

const opened: { readonly guard: Guard; readonly http: HttpGuard }[] = [];
afterEach(async () => {
  called.length = 0;
  for (const { guard, http } of opened.splice(0)) {
    await http.close();
    guard.close();
  }
});

async function startGuard(url = upstreamUrl, token?: string, wasm = module): Promise<HttpGuard> {
  const guard = await Guard.open({
    module: wasm,
    abilities: noAbilities,
    store: temporaryStore().store,
    log: undefined,
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
  const http = await listenHttp({
    guard,
    upstream: url,
    host: '127.0.0.1',
    port: 0,
    token,
    maxMessageBytes: 100_000,
    onWarning: () => {},
  });
  opened.push({ guard, http });
  return http;
}

const readText = (result: unknown) => (result as { content: { text: string }[] }).content[0]?.text;

async function newClient(url: string): Promise<{ client: Client; asked: string[] }> {
  const asked: string[] = [];
  const client = new Client(
    { name: 'test', version: '1' },
    { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: 'auto' } },
  );
  client.setRequestHandler('elicitation/create', async ({ params }) => {
    asked.push(params.message.split('\n')[0] ?? '');
    return { action: 'accept', content: { approve: true } };
  });
  await client.connect(new StreamableHTTPClientTransport(new URL(url)));
  return { client, asked };
}

describe('a client and a server of 2026-07-28', () => {
  test('calls, lists, approvals and questions of the server', async () => {
    const { url } = await startGuard();
    const { client, asked } = await newClient(url);
    expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name).sort()).toEqual(['read', 'slow', 'write']);
    const call = async (name: string, path: string) =>
      readText(await client.callTool({ name, arguments: { path } }));
    expect(await call('read', '/work/a')).toBe('read /work/a');
    expect(await call('read', '/etc/passwd')).toBe('not permitted: no rule permits it');
    expect(await call('write', '/work/a')).toBe('write /work/a');
    expect(await call('read', '/work/ask')).toBe('read /work/ask');
    expect(asked).toEqual(['writing /work/a needs an approval', 'which one?']);
    expect(called).toEqual(['read /work/a', 'write /work/a', 'read /work/ask']);
    await client.close();
  });
});

describe('the reference server over HTTP, until 2025-11-25', () => {
  let server: ChildProcess;
  const port = 18_931;
  beforeAll(async () => {
    const require = createRequire(import.meta.url);
    const script = require.resolve('@modelcontextprotocol/server-everything/dist/index.js');
    const env = { ...process.env, PORT: String(port) };
    server = spawn(process.execPath, [script, 'streamableHttp'], { env, stdio: 'ignore' });
    await vi.waitFor(() => fetch(`http://127.0.0.1:${port}/mcp`), { timeout: 30_000 });
  });
  afterAll(() => server.kill());

  test('calls, refusals, progress and approvals', async () => {
    const policy = await compileForGuard(`
policy test.http
use nhi.{ Approval }
use nhi.{ is_approved }
subject ai_agent {}
action "fs:echo" { arguments: { message: String } }
action "fs:get-sum" {}
action "fs:trigger-long-running-operation" {}
resource mcp_server {}
context { time: Timestamp, call_digest?: String, approvals?: List<Approval> }
for ai_agent doing "fs:echo", "fs:trigger-long-running-operation" {
  permit works otherwise
  challenge asks when action.name is "fs:echo" and action.arguments.message is "ask"
    and not is_approved(context.approvals, context.call_digest)
    because "asked"
}
`);
    const { url } = await startGuard(new URL(`http://127.0.0.1:${port}/mcp`), undefined, policy);
    const client = new OldClient(
      { name: 't', version: '1' },
      { capabilities: { elicitation: {} } },
    );
    const asked: string[] = [];
    client.setRequestHandler(ElicitRequestSchema, async ({ params }) => {
      asked.push(params.message);
      return { action: 'accept', content: { approve: true } };
    });
    await client.connect(new OldTransport(new URL(url)));
    const call = async (name: string, given: Record<string, unknown>) =>
      readText(await client.callTool({ name, arguments: given }));
    expect(await call('echo', { message: 'hi' })).toBe('Echo: hi');
    expect(await call('get-sum', { a: 1, b: 2 })).toBe('not permitted: no rule permits it');
    expect(await call('echo', { message: 'ask' })).toBe('Echo: ask');
    expect(asked).toHaveLength(1);
    const progress: number[] = [];
    await client.callTool(
      { name: 'trigger-long-running-operation', arguments: { duration: 0.5, steps: 2 } },
      undefined,
      { onprogress: (each) => progress.push(each.progress) },
    );
    expect(progress).toEqual([1, 2]);
    await client.close();
  });
});

describe('a request that is refused unread', () => {
  const message = (name = 'read') => ({
    jsonrpc: '2.0',
    id: 1,
    method: 'tools/call',
    params: {
      name,
      arguments: { path: '/work/a' },
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    },
  });
  const post = (url: string, headers: Record<string, string>, body: unknown = message()) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const stated = {
    accept: 'application/json, text/event-stream',
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': 'tools/call',
    'mcp-name': 'read',
  };

  test.each([
    ['another name in the header', { ...stated, 'mcp-name': 'write' }, 400],
    ['another method in the header', { ...stated, 'mcp-method': 'tools/list' }, 400],
    ['no name in the header', { 'mcp-method': 'tools/call' }, 400],
    ['a page of another site', { ...stated, origin: 'https://evil.example' }, 403],
    ['an origin that is not a URL', { ...stated, origin: 'null' }, 403],
  ])('with %s', async (_, headers, status) => {
    const { url } = await startGuard();
    const response = await post(url, headers);
    expect([response.status, called]).toEqual([status, []]);
    if (status === 400) expect((await response.json()).error.code).toBe(-32020);
  });

  test('without the token, and passes it to nobody', async () => {
    const { url } = await startGuard(upstreamUrl, 'secret');
    expect((await post(url, stated)).status).toBe(401);
    expect((await post(url, { ...stated, authorization: 'Bearer secreT' })).status).toBe(401);
    const answer = await post(url, { ...stated, authorization: 'Bearer secret' });
    expect(answer.status).toBe(200);
  });

  test('with a long body, another path, or another method', async () => {
    const { url } = await startGuard();
    expect((await post(url, stated, 'x'.repeat(200_000))).status).toBe(413);
    expect((await post(`${url}/other`, stated)).status).toBe(404);
    expect((await fetch(url, { method: 'PUT' })).status).toBe(405);
    expect((await fetch(url)).status).toBe(404);
    const invalid = await post(url, stated, '[]');
    expect((await invalid.json()).error.message).toBe('batches are not supported');
  });

  test('while the server is away: the client gets an error', async () => {
    const { url } = await startGuard(new URL('http://127.0.0.1:9/mcp'));
    expect(readText((await (await post(url, stated)).json()).result)).toBe(
      'not permitted: the tools of the server cannot be listed: the MCP server cannot be reached',
    );
    const ping = { jsonrpc: '2.0', id: 2, method: 'ping' };
    expect((await post(url, { accept: stated.accept }, ping)).status).toBe(502);
  });
});

describe('a server that closes a stream before its answer', () => {
  let server: Server;
  let url: URL;
  beforeAll(async () => {
    const path = { type: 'object', properties: { path: { type: 'string' } } };
    const tools = [{ name: 'read', inputSchema: path }];
    server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const { id, method } =
        chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString());
      const events = { 'content-type': 'text/event-stream', 'mcp-session-id': 's' };
      const answer = JSON.stringify({
        jsonrpc: '2.0',
        id: 7,
        result: { content: [{ type: 'text', text: 'late' }] },
      });
      if (request.method === 'GET') {
        const last = request.headers['last-event-id'];
        response.writeHead(200, events).end(`id: ${last}-next\ndata: ${answer}\n\n`);
      } else if (method === 'tools/call') {
        response.writeHead(200, events).end('id: first\nretry: 50\ndata: \n\n');
      } else {
        const result = method === 'tools/list' ? { tools } : {};
        response.writeHead(200, { 'content-type': 'application/json', 'mcp-session-id': 's' });
        response.end(JSON.stringify({ jsonrpc: '2.0', id, result }));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`);
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const send = (address: string, message: object, session?: string) =>
    fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        ...(session === undefined ? {} : { 'mcp-session-id': session }),
      },
      body: JSON.stringify({ jsonrpc: '2.0', ...message }),
    });

  test('the client continues from the event that it got last', async () => {
    const { url: address } = await startGuard(url);
    await send(address, { id: 1, method: 'initialize', params: { capabilities: {} } });
    const params = { name: 'read', arguments: { path: '/work/a' } };
    const first = await send(address, { id: 7, method: 'tools/call', params }, 's');
    expect(await first.text()).toBe('id: first\nretry: 50\ndata: \n\n');
    const headers = { 'mcp-session-id': 's', 'last-event-id': 'first' };
    const { body } = await fetch(address, { headers });
    const reader = body?.getReader();
    const { value } = (await reader?.read()) ?? {};
    const text = Buffer.from(value ?? []).toString();
    expect(text.split('\n')[0]).toBe('id: first-next');
    expect(text).toContain('"late"');
    await reader?.cancel();
  });

  test('a notification that it answers ends', async () => {
    const { url: address } = await startGuard(url);
    await send(address, { id: 1, method: 'initialize', params: { capabilities: {} } });
    const response = await send(address, { method: 'notifications/initialized' }, 's');
    expect(response.status).toBe(202);
  });
});

// Each request over HTTP is a request of its session of MCP, with the facts of its own token.

import { request } from 'node:http';
import { type ClientFacts, sqliteStore } from '@nhipol/service';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { Harness, stateless } from '../relay/relay-harness.ts';
import { type HttpGuardHarness, openSession, startHttpGuard } from './http-guard-harness.ts';

const policy = `
policy test.origin version "1.0.0"

record Path { path: String }

subject ai_agent { level: String }
action "fs:read" { arguments: Path }
action "fs:write" { arguments: Path }
action "mcp:elicitation/create" {}
resource mcp_server {}
context { time: Timestamp }
outcomes { "delivered": {} }

for ai_agent doing "fs:read" { permit reads otherwise }
for ai_agent doing "fs:write", "mcp:elicitation/create" {
  permit writes when subject.level is "wide"
}
`;

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(policy);
});

const createFacts = (level: string): ClientFacts => ({
  identity: { type: 'ai_agent', id: 'ann', properties: { level } },
  context: {},
});
const clients = { narrow: createFacts('narrow'), wide: createFacts('wide') };

let guard: HttpGuardHarness;
beforeEach(async () => {
  guard = await startHttpGuard(module, clients);
});
afterEach(() => guard.close());

const timeout = 20_000;
const call = (id: number, name: string, more = {}) => ({
  id,
  method: 'tools/call',
  params: { name, arguments: { path: '/a' }, ...more },
});
const revision = 'io.modelcontextprotocol/protocolVersion';
const content = (text: string) => ({ content: [{ type: 'text', text }] });

attack('guard-http-session-other-revision', async () => {
  const session = await openSession(guard);
  const running = guard.send(call(1, 'read'), { headers: session });
  await expect.poll(() => guard.server.held.length, { timeout }).toBe(1);
  const named = { 'mcp-method': 'tools/call', 'mcp-name': 'read' };
  const again: readonly [Record<string, string>, object][] = [
    [{ 'mcp-protocol-version': '2025-06-18', ...named }, stateless],
    [{ 'mcp-protocol-version': '2026-07-28', ...named }, stateless],
    [{ 'mcp-protocol-version': '2026-07-28', ...named }, {}],
    [{ 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'ping' }, stateless],
    [named, stateless],
  ];
  for (const [headers, more] of again) {
    const isPing = headers['mcp-method'] === 'ping';
    const message = isPing ? { id: 1, method: 'ping', params: more } : call(1, 'read', more);
    const refused = await guard.send(message, { headers: { ...headers, ...session } });
    expect([headers, refused.status]).toEqual([headers, 400]);
    expect((await refused.json()).error.message).toContain('the header `Mcp-Session-Id` names');
  }
  // Notifications about the ids of another relay, too.
  const cancelled = { method: 'notifications/cancelled', params: { requestId: 1 } };
  const headers = { ...session, 'mcp-protocol-version': '2026-07-28' };
  expect((await guard.send(cancelled, { headers })).status).toBe(400);
  const same = await guard.send(call(1, 'read'), { headers: session });
  expect((await same.json()).error.message).toBe('a request with this id is in use');
  expect(guard.server.held).toHaveLength(1);
  guard.server.answer(0, { id: 1, result: content('a') });
  expect((await (await running).json()).result.content[0].text).toBe('a');
});

test('refuses a request whose header states another revision than its body', async () => {
  const named = { 'mcp-method': 'tools/call', 'mcp-name': 'read' };
  const stated = [
    ['2025-06-18', '2026-07-28'],
    ['2026-07-28', '2026-08-01'],
    [undefined, '2026-07-28'],
    ['2026-07-28', '2025-06-18'],
  ];
  for (const [header, body] of stated) {
    const version: Record<string, string> =
      header === undefined ? {} : { 'mcp-protocol-version': header };
    const message = call(1, 'read', { _meta: { [revision]: body } });
    const refused = await guard.send(message, { headers: { ...named, ...version } });
    expect([header, body, refused.status]).toEqual([header, body, 400]);
    expect((await refused.json()).error.message).toBe(
      'the header `MCP-Protocol-Version` differs from the revision of the request',
    );
  }
  expect(guard.server.held).toEqual([]);
});

attack('guard-http-facts-of-another-request', async () => {
  const headers = await openSession(guard);
  let finish = () => {};
  const text = JSON.stringify({ jsonrpc: '2.0', ...call(1, 'write') });
  const body = new ReadableStream({
    start: (controller) => {
      controller.enqueue(Buffer.from(text.slice(0, 10)));
      finish = () => {
        controller.enqueue(Buffer.from(text.slice(10)));
        controller.close();
      };
    },
  });
  const slow = guard.send(undefined, { token: 'narrow', headers, body });
  const wide = guard.send({ id: 2, method: 'ping' }, { token: 'wide', headers });
  await expect.poll(() => guard.server.held.length, { timeout }).toBe(1);
  finish();
  expect((await (await slow).json()).error.message).toContain('not permitted');
  expect(guard.server.methods).not.toContain('tools/call');
  guard.server.answer(0, { id: 2, result: {} });
  expect((await wide).status).toBe(200);
  const decisions = guard.logged.filter(({ kind }) => kind === 'decision');
  expect(JSON.stringify(decisions)).toContain('"level":"narrow"');
  expect(JSON.stringify(decisions)).not.toContain('"level":"wide"');
});

test('other requests change nothing about the list that a request gets', async () => {
  const headers = await openSession(guard);
  const wide = guard
    .send(undefined, {
      token: 'wide',
      headers,
      body: new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) }),
    })
    .catch(() => {});
  const list = guard.send({ id: 1, method: 'tools/list' }, { token: 'narrow', headers });
  await expect.poll(() => guard.server.held.length, { timeout }).toBe(1);
  const ping = guard.send({ id: 2, method: 'ping' }, { token: 'wide', headers });
  await expect.poll(() => guard.server.held.length, { timeout }).toBe(2);
  guard.server.answer(1, { id: 2, result: {} });
  expect((await ping).status).toBe(200);
  const get = guard.send(undefined, { method: 'GET', token: 'wide', headers }).catch(() => {});
  await expect.poll(() => guard.server.held.length, { timeout }).toBe(3);
  const tools = ['read', 'write'].map((name) => ({ name, inputSchema: { type: 'object' } }));
  guard.server.answer(0, { id: 1, result: { tools } });
  const { result } = await (await list).json();
  expect(result.tools.map(({ name }: { readonly name: string }) => name)).toEqual(['read']);
  await guard.close();
  await Promise.all([wide, get]);
});

/** A connection of a client with its own facts. */
function connection(facts: ClientFacts) {
  const got: string[] = [];
  const send = (message: Uint8Array | string) => void got.push(Buffer.from(message).toString());
  return { facts, got, send };
}

const encodeMessage = (message: object) =>
  Buffer.from(JSON.stringify({ jsonrpc: '2.0', ...message }));

attack('guard-question-facts-of-another-request', async () => {
  const relay = new Harness({ module, properties: { level: 'narrow' }, subject: 'ann' });
  const [narrow, wide, server] = [
    connection(clients.narrow),
    connection(clients.wide),
    connection(clients.narrow),
  ];
  const question = (id: string) => ({
    id,
    method: 'elicitation/create',
    params: { message: 'which?', requestedSchema: { type: 'object', properties: {} } },
  });
  for (const [own, other] of [
    [narrow, wide],
    [wide, narrow],
  ] as const) {
    relay.relay.fromClient(encodeMessage({ id: 1, method: 'ping' }), own, server);
    relay.relay.fromClient(encodeMessage({ id: 2, method: 'ping' }), other, server);
    relay.relay.fromServer(encodeMessage(question('q')), own, server);
    for (const id of [1, 2]) relay.relay.fromServer(encodeMessage({ id, result: {} }), own, server);
    const isWide = own === wide;
    expect([isWide, own.got.join().includes('elicitation/create')]).toEqual([isWide, isWide]);
  }
  relay.close();
});

attack('guard-http-odd-target', async () => {
  for (const path of ['//', '//mcp', '//[', '*', 'http://[', '/%zz', '/other']) {
    const status = await new Promise((resolve, reject) => {
      const sent = request(guard.url, { path, method: 'POST' }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sent.on('error', reject);
      sent.end('{}');
    });
    expect([path, status]).toEqual([path, 404]);
  }
  expect([guard.warnings, guard.server.received]).toEqual([[], []]);
});

test('the end of a session by a revoked client is refused in the log', async () => {
  const headers = await openSession(guard);
  const running = guard.send(call(1, 'read'), { headers });
  await expect.poll(() => guard.server.held.length, { timeout }).toBe(1);
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
  expect(await (await running).text()).toContain('the key leaked');
  const ended = await guard.send(undefined, { method: 'DELETE', headers });
  expect([ended.status, await ended.text()]).toEqual([403, 'the key leaked\n']);
  expect(guard.server.received.map(({ method }) => method)).not.toContain('DELETE');
  expect(guard.logged).toContainEqual(
    expect.objectContaining({ kind: 'refusal', reason: 'the end of a session: the key leaked' }),
  );
});

// Work of a server whose client does not wait for it any more: it stays under the decision until the server has answered.

import { sqliteStore } from '@nhipol/service';
import { afterEach, beforeAll, expect } from 'vitest';
import { attack } from '../attacks/attack.ts';
import { compileForGuard } from './guard/guard-policy.ts';
import { type HttpGuardHarness, openSession, startHttpGuard } from './http/http-guard-harness.ts';
import { Harness } from './relay/relay-harness.ts';

const rules = `policy test.left version "1.0.0"
record Path { path: String }
subject ai_agent {}
action "fs:read" { arguments: Path }
action any {}
resource mcp_server {}
outcomes { "delivered": {} }
for ai_agent { permit works otherwise }
for ai_agent doing "fs:slow", "mcp:resources/read" {
  deny after_page when once(outcome "delivered" doing "fs:read") because "it has read a page"
}
`;

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(rules);
});
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function harness(): Harness {
  const made = new Harness({ module });
  cleanups.push(() => made.close());
  made.connect();
  return made;
}

const patience = { timeout: 20_000 };
const path = { path: '/a' };
const leave = (requestId: number, more = {}) => ({
  jsonrpc: '2.0',
  method: 'notifications/cancelled',
  params: { requestId, ...more },
});
const read = { jsonrpc: '2.0', id: 2, method: 'resources/read', params: { uri: 'file:///a' } };

/** The requests that are cancelled at the server, with the reasons. */
function listCancelled(messages: readonly string[]): readonly unknown[] {
  const all = messages.map((text) => JSON.parse(text));
  return all
    .filter(({ method }) => method === 'notifications/cancelled')
    .map(({ params }) => params);
}

function readPage(relay: Harness): void {
  relay.call(9, 'read', path);
  relay.complete(9, 'PAGE');
}

function revoke(relay: Harness): void {
  relay.store.revoke({
    subjectType: 'ai_agent',
    subjectId: 'laptop',
    server: undefined,
    at: Date.now(),
    reasons: ['revoked_by_operator'],
    message: 'the key leaked',
  });
  relay.engine.get('s', 'fs')?.checkRevocation();
}

const byClient = 'the client cancelled it';

attack('guard-cancelled-invalidly', () => {
  const relay = harness();
  relay.call(1, 'slow', path);
  relay.client(read);
  relay.toServer.length = 0;
  for (const id of [1, 2]) relay.client(leave(id, { reason: 5, _meta: 5 }));
  const left = [
    { requestId: 1, reason: byClient },
    { requestId: 2, reason: byClient },
  ];
  expect(listCancelled(relay.toServer)).toEqual(left);
  readPage(relay);
  const reason = 'it has read a page';
  const denied = [
    { requestId: 1, reason },
    { requestId: 2, reason },
  ];
  expect(listCancelled(relay.toServer)).toEqual([...left, ...denied]);
  // It is not decided again, and cancelled again when access is revoked.
  relay.call(10, 'read', path);
  relay.complete(10, 'PAGE');
  const stopped = relay.logged.filter(
    (entry) => entry.kind === 'decision' && entry.enforcement === 'stopped',
  );
  expect(stopped).toHaveLength(2);
  revoke(relay);
  expect(listCancelled(relay.toServer).slice(4)).toEqual([
    { requestId: 1, reason: 'the key leaked' },
    { requestId: 2, reason: 'the key leaked' },
  ]);
  // Nothing but the pages reaches the client.
  relay.complete(1);
  const ids = relay.toClient.map((text) => JSON.parse(text).id);
  expect(ids).toEqual([9, 10]);
  expect(relay.toClient.filter((text) => text.includes('PAGE'))).toHaveLength(2);
});

attack('guard-left-request', () => {
  for (const isRevoke of [false, true]) {
    const relay = harness();
    relay.call(1, 'slow', path);
    relay.client(read);
    const session = relay.engine.get('s', 'fs');
    const others = new Set(session?.runningCalls);
    relay.call(3, 'read', path);
    const page = session?.runningCalls.filter((each) => !others.has(each)) ?? [];
    relay.relay.close();
    const left = 'the client ended';
    expect(listCancelled(relay.toServer)).toEqual(
      [1, 3, 2].map((requestId) => ({ requestId, reason: left })),
    );
    // As a text that the client gets by another connection.
    if (isRevoke) revoke(relay);
    else session?.recordOutcomes(['delivered'], page, { bytes: 1 });
    const reason = isRevoke ? 'the key leaked' : 'it has read a page';
    expect(listCancelled(relay.toServer).slice(3)).toEqual(
      (isRevoke ? [1, 3, 2] : [1, 2]).map((requestId) => ({ requestId, reason })),
    );
    relay.server({ jsonrpc: '2.0', id: 2, result: { contents: [] } });
    for (const id of [1, 3]) relay.complete(id);
    expect(session?.runningCalls).toEqual([]);
    const delivered = relay.logged.filter(
      (entry) => entry.kind === 'event' && entry.signal === 'delivered',
    );
    expect(delivered).toHaveLength(isRevoke ? 0 : 1);
  }
});

async function startGuard(): Promise<HttpGuardHarness> {
  const facts = { identity: { type: 'ai_agent', id: 'ann', properties: {} }, context: {} };
  const guard = await startHttpGuard(module, { ann: facts });
  cleanups.push(() => guard.close());
  return guard;
}

const call = (id: number) => ({
  id,
  method: 'tools/call',
  params: { name: 'slow', arguments: path },
});

function revokeElsewhere({ path: state }: HttpGuardHarness): void {
  const other = sqliteStore(state);
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

const revoked = { requestId: 1, reason: 'the key leaked' };

attack(
  'guard-cancellation-not-taken',
  async () => {
    const guard = await startGuard();
    const headers = await openSession(guard);
    guard.send(call(1), { headers }).catch(() => {});
    await expect.poll(() => guard.server.held.length, patience).toBe(1);
    guard.server.refusals.push(400, 503);
    const version = { ...headers, 'mcp-protocol-version': '1999-01-01' };
    expect((await guard.send(leave(1), { headers: version })).status).toBe(202);
    await expect.poll(() => guard.server.cancellations.length, patience).toBe(3);
    const versions = guard.server.received
      .filter(({ message }) => message.method === 'notifications/cancelled')
      .map((each) => each.headers['mcp-protocol-version']);
    expect(new Set(versions)).toEqual(new Set([undefined]));
    expect(guard.warnings.filter((text) => text.includes('did not take'))).toHaveLength(2);
    revokeElsewhere(guard);
    await expect.poll(() => guard.server.cancellations.at(-1), patience).toEqual(revoked);
  },
  60_000,
);

attack(
  'guard-closed-connection',
  async () => {
    const guard = await startGuard();
    const meta = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    const controller = new AbortController();
    const sent = fetch(guard.url, {
      method: 'POST',
      headers: {
        authorization: 'Bearer ann',
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2026-07-28',
        'mcp-method': 'resources/read',
        'mcp-name': read.params.uri,
      },
      body: JSON.stringify({ ...read, id: 1, params: { ...read.params, ...meta } }),
      signal: controller.signal,
    });
    await expect.poll(() => guard.server.held.length, patience).toBe(1);
    const [stream] = guard.server.held;
    controller.abort();
    await expect(sent).rejects.toThrow();
    await expect.poll(() => stream?.destroyed, patience).toBe(true);
    expect(guard.server.cancellations).toEqual([]);
  },
  60_000,
);

attack(
  'guard-session-end-refused',
  async () => {
    const guard = await startGuard();
    const headers = await openSession(guard);
    guard.send({ ...read, id: 1 }, { headers }).catch(() => {});
    await expect.poll(() => guard.server.held.length, patience).toBe(1);
    guard.server.refusals.push(...Array.from({ length: 9 }, () => 503));
    const ended = await guard.send(undefined, { method: 'DELETE', headers });
    expect([ended.status, await ended.text()]).toEqual([
      503,
      'the server has not taken the cancellation of what runs\n',
    ]);
    expect(guard.server.received.some(({ method }) => method === 'DELETE')).toBe(false);
    guard.server.refusals.length = 0;
    const sent = guard.server.cancellations.length;
    await expect.poll(() => guard.server.cancellations.length, patience).toBeGreaterThan(sent);
  },
  60_000,
);

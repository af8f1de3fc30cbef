// The streams that a server keeps open after it has answered, and what the guard sends when the request of its client has ended.

import { afterEach, beforeAll, expect } from 'vitest';
import type { Exchange } from '../../service/mcp/http/exchanges/exchange.ts';
import { Unanswered } from '../../service/mcp/http/exchanges/unanswered.ts';
import { createUpstreamPeer } from '../../service/mcp/http/upstream/upstream.ts';
import { RepeatedStop } from '../../service/mcp/work/repeated-stop.ts';
import { attack } from '../attacks/attack.ts';
import { HeldServer, openSession, startHttpGuard } from './http/http-guard-harness.ts';
import { compileForTasks } from './relay/tasks/task-client.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForTasks();
});
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const patience = { timeout: 20_000 };

attack(
  'guard-stream-kept-open',
  async () => {
    const facts = { identity: { type: 'ai_agent', id: 'ann', properties: {} }, context: {} };
    const guard = await startHttpGuard(module, { ann: facts });
    cleanups.push(() => guard.close());
    const headers = await openSession(guard);
    const params = { name: 'read', arguments: { path: '/a' } };
    const called = guard.send({ id: 1, method: 'tools/call', params }, { headers });
    await expect.poll(() => guard.server.held.length, patience).toBe(1);
    const [stream] = guard.server.held;
    let isClosed = false;
    stream?.once('close', () => {
      isClosed = true;
    });
    const task = { taskId: 't1', status: 'working' };
    stream?.writeHead(200, { 'content-type': 'text/event-stream' });
    stream?.write(`data: ${JSON.stringify({ jsonrpc: '2.0', id: 1, result: { task } })}\n\n`);
    expect(await (await called).text()).toContain('t1');
    await expect.poll(() => isClosed, patience).toBe(true);
  },
  60_000,
);

attack(
  'guard-told-after-end',
  async () => {
    const server = new HeldServer();
    await server.listen();
    cleanups.push(() => server.close());
    server.refusals.push(502);
    const unanswered = new Unanswered(() => {});
    unanswered.abort();
    const warnings: string[] = [];
    const exchange: Partial<Exchange> = {
      url: server.url,
      headers: {},
      unanswered,
      closing: new AbortController().signal,
      hold: () => () => {},
      latestAuthorization: () => undefined,
      inTurn: async (take) => take(),
      parameterHeaders: () => ({}),
      onWarning: (text) => void warnings.push(text),
    };
    const peer = createUpstreamPeer(exchange as Exchange);
    const stop = new RepeatedStop(async () => {
      return (await peer.stop?.(1, 'access was revoked')) ?? 'ended';
    });
    cleanups.push(() => stop.end());
    const params = { requestId: 1, reason: 'access was revoked' };
    await expect.poll(() => server.cancellations, patience).toEqual([params, params]);
    expect(warnings).toEqual([
      'the server did not take notifications/cancelled: it answered with the status 502',
    ]);
  },
  60_000,
);

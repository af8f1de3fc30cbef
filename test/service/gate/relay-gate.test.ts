// The gate of the relay: for a client that is revoked, whose token has expired, or whose state cannot be read, nothing passes in either
// direction but refusals, regardless of the messages before and after.

import fc from 'fast-check';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import {
  type MethodSender,
  notifications,
  requestMethods,
  serverNotifications,
} from '../../../service/mcp/protocol/methods.ts';
import { attack } from '../../attacks/attack.ts';
import { runs, share } from '../../support/budget.ts';
import { Harness, temporaryStore } from '../relay/relay-harness.ts';
import {
  ChangingStore,
  closings,
  compileGatePolicy,
  expectOnlyRefusals,
  expectRefused,
  tokenLife,
} from './closed-world.ts';
import { marks, renderStep, type Step, steps } from './messages.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileGatePolicy();
});
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const { store: state } = temporaryStore();
let subjects = 0;

function open(options: { readonly tools?: 'unanswered' } = {}) {
  const validUntil = Date.now() + tokenLife;
  subjects += 1;
  const subject = `agent-${subjects}`;
  const store = new ChangingStore(state, subject);
  const real = new Harness({ module, store: store.store, subject, validUntil, ...options });
  return { real, store, validUntil };
}

function play(real: Harness, step: Step) {
  const text = renderStep(step, step.side === 'client' ? real.toClient : real.toServer);
  if (text === undefined) return { text, client: [], server: [], logged: [] };
  const lines = real.logged.length;
  const received = step.side === 'client' ? real.client(text) : real.server(text);
  return { text, ...received, logged: real.logged.slice(lines) };
}

const initialize = JSON.stringify({
  jsonrpc: '2.0',
  id: 'init',
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: { elicitation: {} } },
});

let passed = 0;

attack(
  'guard-gate',
  () => {
    const tools = fc.constantFrom<{ readonly tools?: 'unanswered' }>({}, { tools: 'unanswered' });
    const closing = fc.constantFrom(...closings);
    fc.assert(
      fc.property(
        steps,
        closing,
        steps,
        fc.boolean(),
        tools,
        (before, how, after, starts, kind) => {
          const { real, store, validUntil } = open(kind);
          if (starts) real.client(initialize);
          for (const step of before) play(real, step);
          passed += [...real.toClient, ...real.toServer].filter((text) =>
            text.includes('from-the-'),
          ).length;
          const [client, server] = [real.toClient.length, real.toServer.length];
          store.close(how, validUntil);
          for (const step of after) {
            const { text, logged, ...received } = play(real, step);
            if (text !== undefined) expectRefused(step.side, text, received[step.side], logged);
          }
          expectOnlyRefusals('client', real.toClient.slice(client));
          expectOnlyRefusals('server', real.toServer.slice(server));
          real.close();
        },
      ),
      { numRuns: runs(600, 60) },
    );
    expect(passed).toBeGreaterThan(share(600));
  },
  300_000,
);

test.each(closings)('a client that has sent nothing is refused: %s', (how) => {
  const { real, store, validUntil } = open();
  store.close(how, validUntil);
  const { client, server } = real.client({ jsonrpc: '2.0', id: 1, method: 'ping' });
  expect(server).toEqual([]);
  expect(client).toHaveLength(1);
  expectOnlyRefusals('client', client);
  real.close();
});

test.each(closings)('no further page of tools is requested from the server: %s', (how) => {
  const { real, store, validUntil } = open({ tools: 'unanswered' });
  const call = { name: 'read', arguments: { path: '/work/a' } };
  real.client({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: call });
  const [list] = real.toServer.map((text) => JSON.parse(text));
  expect(list.method).toBe('tools/list');
  store.close(how, validUntil);
  const before = real.toServer.length;
  real.server({ jsonrpc: '2.0', id: list.id, result: { tools: [], nextCursor: '2' } });
  expectOnlyRefusals('server', real.toServer.slice(before));
  expect(real.toServer.slice(before).join()).not.toContain('tools/list');
  real.close();
});

test.each(['client', 'server'] as const)(
  'each message of a %s passes while the gate is open',
  (side: MethodSender) => {
    const mark = marks[side];
    const params = {
      name: 'read',
      arguments: { path: `/work/${mark}` },
      uri: mark,
      mark,
      requestId: 'q',
      progressToken: 'p',
      taskId: 't',
    };
    const sent = [...Object.keys(requestMethods[side]), ...notifications[side]];
    for (const method of sent) {
      const { real } = open();
      const isRequest = Object.hasOwn(requestMethods[side], method);
      const _meta = { progressToken: 'p' };
      const asked = { jsonrpc: '2.0', id: 'q', method: 'ping', params: { _meta } };
      // The other side waits for an answer, which can be cancelled, and for progress.
      if (side === 'client') real.server(asked);
      else real.client(asked);
      const cancelled = { jsonrpc: '2.0', id: 'q', method: 'ping', params: {} };
      if (method === 'notifications/cancelled') {
        if (side === 'client') real.client(cancelled);
        else real.server(cancelled);
      }
      const message = { jsonrpc: '2.0', ...(isRequest ? { id: 1 } : {}), method, params };
      const other = side === 'client' ? 'server' : 'client';
      const received = side === 'client' ? real.client(message) : real.server(message);
      // The server gets a cancellation of the guard instead of the client's.
      const isCancelled = side === 'client' && method === 'notifications/cancelled';
      const own = { requestId: 'q', reason: 'the client cancelled it' };
      const passed = isCancelled ? { ...message, params: own } : withoutText(side, message);
      expect([method, received[other]]).toEqual([method, [JSON.stringify(passed)]]);
      real.close();
    }
  },
);

/** The parts that pass of a message without text for the agent. */
function withoutText(
  side: MethodSender,
  message: { readonly method: string; readonly params: object },
) {
  const { method, params, ...others } = message;
  if (
    side === 'client' ||
    serverNotifications[method]?.hasText ||
    requestMethods.server[method]?.hasText
  )
    return message;
  if (method === 'ping') return { ...others, method };
  const kept = method === 'notifications/cancelled' ? { requestId: 'q' } : {};
  return { ...others, method, params: kept };
}

test('a connection is served only until its own token ends, also if its subject has a newer one', () => {
  const { real, validUntil } = open();
  const got = { old: [] as string[], newer: [] as string[] };
  const peer = (name: keyof typeof got, end: number) => ({
    send: (message: Uint8Array | string) => void got[name].push(String(message)),
    facts: { ...real.facts, validUntil: end },
  });
  const [old, newer] = [peer('old', validUntil), peer('newer', validUntil + tokenLife)];
  const ping = (id: number) => Buffer.from(JSON.stringify({ jsonrpc: '2.0', id, method: 'ping' }));
  const note = Buffer.from(
    JSON.stringify({ jsonrpc: '2.0', method: 'notifications/message', params: { data: 'text' } }),
  );
  const toServer: string[] = [];
  const server = { send: (message: Uint8Array | string) => void toServer.push(String(message)) };
  real.relay.fromClient(ping(1), newer, server);
  vi.setSystemTime(validUntil);
  real.relay.fromServer(note, old, server);
  real.relay.fromServer(note, newer, server);
  real.relay.fromClient(ping(2), old, server);
  real.relay.fromClient(ping(3), newer, server);
  expect(toServer.map((text) => JSON.parse(text).id)).toEqual([1, 3]);
  expect(got.newer).toHaveLength(1);
  expect(got.old).toEqual([expect.stringContaining('the token has expired')]);
  real.close();
});

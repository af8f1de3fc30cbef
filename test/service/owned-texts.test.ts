// The texts of a server that reach its client: each is an outcome of the call, the task or the request to which it belongs, and
// nothing arrives of what was stopped.

import { afterEach, beforeAll, expect } from 'vitest';
import { attack } from '../attacks/attack.ts';
import { compileForGuard } from './guard/guard-policy.ts';
import { Harness, type HarnessOptions, readError } from './relay/relay-harness.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(`policy test.texts version "1.0.0"
record Path { path: String }
subject ai_agent {}
action "fs:read" { arguments: Path }
action "fs:slow" { arguments: Path }
action "fs:find" { arguments: Path }
action any {}
resource mcp_server {}
outcomes { "delivered": {} }
constraint max_rows: Int smallest wins
for ai_agent { permit works otherwise }
for ai_agent doing "fs:slow", "mcp:subscriptions/listen" {
  deny after_page when once(outcome "delivered" doing "fs:read") because "it has read a page"
}
for ai_agent doing "fs:find" {
  narrow few when action.arguments.path == "/a" to { max_rows: 1 }
}
`);
});
const open: Harness[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const path = { path: '/a' };
const abilities = { obligations: new Set<string>(), constraints: new Set(['max_rows']) };
type Json = Readonly<Record<string, unknown>>;

function connect(options: Omit<HarnessOptions, 'module'> = {}): Harness {
  const relay = new Harness({ module, abilities, ...options });
  open.push(relay);
  relay.connect();
  return relay;
}

/** A relay with a call that goes on as the task `t`. */
function connectWithTask(name: string, options: Omit<HarnessOptions, 'module'> = {}): Harness {
  const relay = connect(options);
  relay.call(1, name, path);
  answer(relay, 1, { task: { taskId: 't', status: 'working' } });
  return relay;
}

const answer = (relay: Harness, id: number | string, result: Json) =>
  relay.server({ jsonrpc: '2.0', id, result });
const request = (relay: Harness, id: number, method: string, params: Json = {}) =>
  relay.client({ jsonrpc: '2.0', id, method, params });
const notify = (relay: Harness, method: string, params: Json) =>
  relay.server({ jsonrpc: '2.0', method: `notifications/${method}`, params });

function readPage(relay: Harness): void {
  relay.call(90, 'read', path);
  relay.complete(90, 'PAGE');
}

/** The actions of the outcomes that are recorded while something runs, and what the client gets of it. */
function collectOutcomes(relay: Harness, run: () => { readonly client: readonly string[] }) {
  const before = relay.logged.length;
  const { client } = run();
  const delivered = relay.logged.slice(before).flatMap((entry) => {
    if (entry.kind !== 'event' || entry.signal !== 'delivered') return [];
    return [(entry.payload as { action: { name: string } }).action.name];
  });
  return { delivered: delivered.toSorted(), client };
}

const state = { taskId: 't', status: 'working', statusMessage: 'TEXT' };
const limits = { resultLimits: new Map([['max_rows', ['rows']]]) };

attack('guard-stopped-task-cancelled', () => {
  const stopped = connectWithTask('slow');
  // The server gets this cancellation before the task is stopped, and answers it afterwards.
  expect(request(stopped, 2, 'tasks/cancel', { taskId: 't' }).server).toHaveLength(1);
  readPage(stopped);
  expect(answer(stopped, 2, { ...state, result: { structuredContent: { rows: [1, 2] } } })).toEqual(
    { client: [], server: [] },
  );
  const limited = connectWithTask('find', limits);
  for (const relay of [stopped, limited]) {
    const cancelled = relay.toServer.map((text) => JSON.parse(text)).at(-1);
    expect(relay.toServer.filter((text) => text.includes('"nhipol-')).join()).toContain(
      '"tasks/cancel"',
    );
    for (const method of ['tasks/get', 'tasks/result', 'tasks/cancel']) {
      const refused = request(relay, 3, method, { taskId: 't' });
      expect([method, refused.server]).toEqual([method, []]);
      expect(readError(refused)?.message).toContain('the task was stopped: ');
    }
    expect(JSON.parse(relay.toServer.at(-1) ?? '')).toEqual(cancelled);
    expect(relay.toClient.join()).not.toContain('TEXT');
  }
});

attack('guard-cancelled-task-text', () => {
  const relay = connectWithTask('read');
  request(relay, 2, 'tasks/cancel', { taskId: 't' });
  const cancelled = collectOutcomes(relay, () => answer(relay, 2, state));
  expect(cancelled.delivered).toEqual(['fs:read', 'mcp:tasks/cancel']);
  expect(cancelled.client.join()).toContain('TEXT');
  const listing = connectWithTask('read');
  request(listing, 2, 'tasks/list');
  const listed = collectOutcomes(listing, () => answer(listing, 2, { tasks: [state] }));
  expect(listed.delivered).toEqual(['fs:read', 'mcp:tasks/list']);
});

attack('guard-text-in-signal', () => {
  const relay = connect();
  relay.call(1, 'slow', path);
  const text = { text: 'TEXT', _meta: { text: 'TEXT' } };
  const ping = { jsonrpc: '2.0', id: 1, method: 'ping', params: text };
  expect(relay.server(ping).client).toEqual(['{"jsonrpc":"2.0","id":1,"method":"ping"}']);
  const reason = { ...text, requestId: 1, reason: 'TEXT' };
  const passed = [notify(relay, 'cancelled', reason)];
  for (const kind of ['tools', 'prompts', 'resources']) {
    passed.push(notify(relay, `${kind}/list_changed`, text));
  }
  for (const method of ['ping', 'logging/setLevel', 'resources/unsubscribe']) {
    request(relay, 2, method);
    passed.push(answer(relay, 2, text));
  }
  expect(passed.flatMap(({ client }) => client)).toHaveLength(passed.length);
  expect(relay.toClient.join()).not.toContain('TEXT');
  // An id that is more than a name can be a text, too.
  const named = collectOutcomes(relay, () => relay.server({ ...ping, id: 'a TEXT' }));
  expect(named.delivered).toEqual(['fs:slow', 'mcp:ping']);
});

attack('guard-text-in-error', () => {
  const relay = connect();
  relay.call(1, 'read', path);
  const error = { code: -32000, message: 'TEXT' };
  for (const method of ['ping', 'tools/list', 'logging/setLevel', 'resources/unsubscribe']) {
    request(relay, 2, method);
    const failed = collectOutcomes(relay, () => relay.server({ jsonrpc: '2.0', id: 2, error }));
    expect(failed.delivered).toEqual([`mcp:${method}`]);
    expect(failed.client.join()).toContain('TEXT');
  }
  for (const more of [{ text: 'TEXT' }, { _meta: { text: 'TEXT' } }, { resultType: 'TEXT' }]) {
    request(relay, 2, 'resources/list');
    const listed = collectOutcomes(relay, () => answer(relay, 2, { resources: [], ...more }));
    expect(listed.delivered).toEqual(['mcp:resources/list']);
  }
});

attack('guard-stopped-subscription', () => {
  for (const end of ['stop', 'cancel'] as const) {
    const relay = connect();
    const meta = { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' };
    for (const id of [7, 8]) request(relay, id, 'subscriptions/listen', { _meta: meta });
    const update = (subscription?: number | string) => {
      const key = 'io.modelcontextprotocol/subscriptionId';
      const named = subscription === undefined ? {} : { _meta: { [key]: subscription } };
      return ['resources/updated', 'subscriptions/acknowledged', 'tools/list_changed'].flatMap(
        (kind) => notify(relay, kind, { uri: 'x:TEXT', ...named }).client,
      );
    };
    for (const id of [undefined, 7, '7', 8]) expect(update(id)).toHaveLength(3);
    if (end === 'stop') readPage(relay);
    else {
      const params = { requestId: 7 };
      relay.client({ jsonrpc: '2.0', method: 'notifications/cancelled', params });
    }
    for (const id of [undefined, 7, '7', 'unknown', { text: 'TEXT' } as never]) {
      expect([end, id, update(id)]).toEqual([end, id, []]);
    }
    expect(update(8)).toHaveLength(end === 'stop' ? 0 : 3);
    answer(relay, 7, {});
    expect(update(7)).toEqual([]);
  }
});

attack('guard-waiting-for-stopped-task', () => {
  for (const method of ['tasks/result', 'tasks/get', 'tasks/update', 'tasks/cancel']) {
    const relay = connectWithTask('slow');
    request(relay, 5, method, { taskId: 't', _meta: { progressToken: 'q' } });
    const params = { progressToken: 'q', progress: 1, message: 'TEXT' };
    const running = collectOutcomes(relay, () => notify(relay, 'progress', params));
    expect(running.delivered).toContain('fs:slow');
    expect(running.client).toHaveLength(1);
    readPage(relay);
    const refusal = relay.toClient.map((text) => JSON.parse(text)).find(({ id }) => id === 5);
    expect(refusal?.error.message).toBe('not permitted: the task was stopped: it has read a page');
    const cancelled = relay.toServer.map((text) => JSON.parse(text));
    expect(cancelled.find(({ params: given }) => given?.requestId === 5)).toBeDefined();
    expect(notify(relay, 'progress', params).client).toEqual([]);
    expect(answer(relay, 5, state).client).toEqual([]);
  }
});

// Work of a server that goes on after it was permitted: requests that are not answered, and tasks with the tokens of their clients.

import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { compileForGuard } from '../../guard/guard-policy.ts';
import { Harness, type HarnessOptions, readError } from '../relay-harness.ts';

const policy = `policy test.work version "1.0.0"
record Path { path: String }
subject ai_agent { expires_at?: Timestamp }
action "fs:read" { arguments: Path }
action "mcp:prompts/get" {}
action any {}
resource mcp_server {}
context { time: Timestamp }
outcomes { "delivered": {} }
for ai_agent { permit works otherwise }
for ai_agent doing "mcp:resources/read", "mcp:subscriptions/listen" {
  deny after_page when once(outcome "delivered" doing "fs:read") because "it has read a page"
}
for ai_agent doing "mcp:prompts/get" {
  deny expired when subject.expires_at <= context.time because "the credential has expired"
}
`;

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(policy);
});
beforeEach(() => {
  vi.useFakeTimers();
});
const open: Harness[] = [];
function harness(options: Omit<HarnessOptions, 'module'> = {}): Harness {
  const made = new Harness({ module, ...options });
  open.push(made);
  made.connect();
  return made;
}
afterEach(() => {
  for (const each of open.splice(0)) each.close();
  vi.useRealTimers();
});

const uri = 'file:///work/a';
const request = (id: number, method: string) => ({ jsonrpc: '2.0', id, method, params: { uri } });
const listCancelled = (relay: Harness) =>
  relay.toServer
    .map((text) => JSON.parse(text))
    .filter(({ method }) => method === 'notifications/cancelled')
    .map(({ params }) => params.requestId);

attack('guard-request-goes-on', async () => {
  const relay = harness({ properties: { expires_at: '2099-01-01T00:00:00Z' } });
  for (const [id, method] of [
    [1, 'resources/read'],
    [2, 'subscriptions/listen'],
    [3, 'prompts/get'],
  ] as const) {
    expect(relay.client(request(id, method)).server).toHaveLength(1);
  }
  relay.call(4, 'read', { path: '/work/page' });
  const page = relay.complete(4, 'PAGE');
  expect(listCancelled(relay)).toEqual([1, 2]);
  const refusals = page.client.slice(0, -1).map((text) => JSON.parse(text));
  const message = 'not permitted: it has read a page';
  expect(refusals).toMatchObject([
    { id: 1, error: { message } },
    { id: 2, error: { message } },
  ]);
  expect(relay.server({ jsonrpc: '2.0', id: 1, result: { contents: [] } }).client).toEqual([]);
  // The id is free after the late answer.
  expect(readError(relay.client(request(2, 'ping')))?.message).toContain('in use');
  expect(relay.client(request(1, 'ping')).server).toHaveLength(1);
  const stopped = relay.logged.filter(
    (entry) => entry.kind === 'decision' && entry.enforcement === 'stopped',
  );
  expect(stopped).toHaveLength(2);
  relay.engine.activate(
    await compileForGuard(
      policy.replace(
        'doing "mcp:prompts/get" {',
        `doing "mcp:prompts/get" {
  deny all_prompts when true because "no prompts"`,
      ),
    ),
  );
  expect(listCancelled(relay)).toEqual([1, 2, 3]);
});

test('a request stops when its answer ends', () => {
  const expires = Date.now() + 60_000;
  const properties = { expires_at: new Date(expires).toISOString() };
  const relay = harness({ properties });
  relay.client(request(1, 'prompts/get'));
  vi.advanceTimersByTime(59_000);
  expect(listCancelled(relay)).toEqual([]);
  vi.advanceTimersByTime(1_001);
  expect(listCancelled(relay)).toEqual([1]);
  expect(relay.toClient.at(-1)).toContain('the credential has expired');
});

test('requests that run stop with a revoke', async () => {
  const relay = harness();
  relay.client(request(1, 'subscriptions/listen'));
  relay.store.revoke({
    subjectType: 'ai_agent',
    subjectId: 'laptop',
    server: undefined,
    at: Date.now(),
    reasons: ['revoked_by_operator'],
    message: 'the key leaked',
  });
  relay.engine.get('s', 'fs')?.checkRevocation();
  expect(listCancelled(relay)).toEqual([1]);
  expect(relay.toClient.at(-1)).toContain('the key leaked');
});

const tokenLife = 60_000;
const taskCancels = (relay: Harness) =>
  relay.toServer.filter((text) => text.includes('tasks/cancel'));

function withTask(): Harness {
  const relay = harness({ validUntil: Date.now() + tokenLife });
  relay.call(1, 'read', { path: '/work/a' });
  relay.server({ jsonrpc: '2.0', id: 1, result: { task: { taskId: 't1', status: 'working' } } });
  return relay;
}

attack('guard-task-after-token', () => {
  const relay = withTask();
  vi.advanceTimersByTime(tokenLife - 1);
  expect(taskCancels(relay)).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(taskCancels(relay)).toHaveLength(1);
  // A client with another token of the subject finds it stopped.
  relay.relay.identify({ ...relay.facts, validUntil: Date.now() + tokenLife });
  const get = { jsonrpc: '2.0', id: 2, method: 'tasks/get', params: { taskId: 't1' } };
  expect(readError(relay.client(get))?.message).toBe(
    'not permitted: the task was stopped: the token has expired',
  );
});

attack('guard-clock-jump', () => {
  const relay = withTask();
  const properties = { expires_at: new Date(Date.now() + tokenLife).toISOString() };
  const other = harness({ properties });
  other.client(request(2, 'prompts/get'));
  // The machine was suspended: the clock is ahead, and no timer has run.
  vi.setSystemTime(Date.now() + 3_600_000);
  vi.advanceTimersByTime(1_000);
  expect(taskCancels(relay)).toHaveLength(1);
  expect(listCancelled(other)).toEqual([2]);
});

test('a task goes on while its subject has a valid token', () => {
  const relay = withTask();
  vi.advanceTimersByTime(tokenLife / 2);
  relay.relay.identify({ ...relay.facts, validUntil: Date.now() + tokenLife });
  vi.advanceTimersByTime(tokenLife - 1);
  expect(taskCancels(relay)).toEqual([]);
  vi.advanceTimersByTime(1);
  expect(taskCancels(relay)).toHaveLength(1);
});

test('a call that was cancelled goes on as no task', () => {
  const relay = harness();
  relay.call(1, 'read', { path: '/work/a' });
  relay.client({
    jsonrpc: '2.0',
    method: 'notifications/cancelled',
    params: { requestId: 1 },
  });
  relay.server({ jsonrpc: '2.0', id: 1, result: { task: { taskId: 't1', status: 'working' } } });
  expect(taskCancels(relay)).toHaveLength(1);
});

test('a call with arguments of 15 MB is decided by those that the policy declares', () => {
  const relay = harness();
  const content = 'a'.repeat(15_000_000);
  expect(relay.call(1, 'write', { path: '/work/a', content }).server).toHaveLength(1);
}, 60_000);

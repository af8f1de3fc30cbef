// When a task counts as ended, and what the guard remembers of tasks.

import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { compileForTasks, type Json, TaskClient, withGuard } from './task-client.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForTasks();
});

afterEach(() => {
  vi.useRealTimers();
});

/** Answers that do not state that the task `t1` has ended. */
const goesOn: readonly [string, Json][] = [
  ['tasks/result', { error: { code: -32602, message: 'no such task for you' } }],
  ['tasks/result', { result: { taskId: 't1', status: 'working' } }],
  ['tasks/result', { result: { task: { taskId: 't1', status: 'input_required' } } }],
  ['tasks/result', { result: { resultType: 'task', taskId: 't1' } }],
  ['tasks/result', { result: { resultType: 'input_required', inputRequests: {} } }],
  ['tasks/result', { result: { taskId: 't2', status: 'completed' } }],
  ['tasks/get', { result: { taskId: 't2', status: 'completed' } }],
  ['tasks/get', { error: { code: -32603, message: 'busy' } }],
  ['tasks/cancel', { error: { code: -32603, message: 'busy' } }],
  ['tasks/cancel', { result: {} }],
];

attack('guard-task-said-to-end', async () => {
  for (const [method, answer] of goesOn) {
    await withGuard(module, (guard) => {
      const ann = new TaskClient(guard, 'ann', true);
      ann.begin('t1', 'write');
      ann.server({ id: ann.request(method, { taskId: 't1' }), ...answer });
      ann.readPage();
      const isCancelled = ann.cancelled.includes('t1');
      expect([method, answer, isCancelled]).toEqual([method, answer, true]);
    });
  }
});

test('a task ends with its result, or the state that the server states', async () => {
  const ends: readonly [string, Json][] = [
    ['tasks/result', { content: [] }],
    ['tasks/result', { content: [], isError: true }],
    ['tasks/get', { taskId: 't1', status: 'failed' }],
    ['tasks/get', { status: 'completed', result: { content: [] } }],
    ['tasks/cancel', { taskId: 't1', status: 'cancelled' }],
  ];
  for (const [method, result] of ends) {
    await withGuard(module, (guard) => {
      const ann = new TaskClient(guard, 'ann', true);
      ann.begin('t1', 'write');
      ann.server({ id: ann.request(method, { taskId: 't1' }), result });
      ann.readPage();
      expect([method, result, ann.cancelled]).toEqual([method, result, []]);
      expect(ann.reaches('tasks/get', 't1')).toBe(true);
    });
  }
});

attack('guard-task-same-id', async () => {
  await withGuard(module, (guard) => {
    const [ann, other] = [new TaskClient(guard, 'ann', true), new TaskClient(guard, 'ann', true)];
    const bob = new TaskClient(guard, 'bob', true);
    for (const client of [ann, other, bob]) client.begin('t1', 'write');
    for (const client of [other, bob]) {
      client.server({ id: client.request('tasks/result', { taskId: 't1' }), result: {} });
    }
    ann.readPage();
    expect([ann.cancelled, other.cancelled, bob.cancelled]).toEqual([['t1'], ['t1'], []]);
  });
});

/** Answers the latest cancellation of the guard on a connection. */
function refuseCancel(client: TaskClient, code: number): void {
  const id = client.toServer.findLast(({ method }) => method === 'tasks/cancel')?.id;
  client.server({ id, error: { code, message: 'the server answered with the status 404' } });
}

attack('guard-task-cancel-refused', async () => {
  await withGuard(module, (guard) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const ann = new TaskClient(guard, 'ann', true);
    ann.begin('t1', 'write');
    // The client goes on with a new session of MCP, or a new token.
    const [other, bob] = [new TaskClient(guard, 'ann', true), new TaskClient(guard, 'bob', true)];
    for (const client of [other, bob]) client.request('ping', {});
    other.readPage();
    expect([ann.cancelled, other.cancelled]).toEqual([['t1'], []]);
    refuseCancel(ann, -32603);
    expect([ann.cancelled, other.cancelled]).toEqual([['t1'], ['t1']]);
    refuseCancel(other, -32603);
    const later = new TaskClient(guard, 'ann', true);
    vi.setSystemTime(Date.now() + 1_500);
    later.request('ping', {});
    expect([ann.cancelled, other.cancelled, later.cancelled]).toEqual([['t1', 't1'], ['t1'], []]);
    refuseCancel(ann, -32603);
    vi.advanceTimersByTime(4_000);
    expect([ann.cancelled.length, other.cancelled, later.cancelled]).toEqual([2, ['t1'], ['t1']]);
    refuseCancel(later, -32603);
    vi.advanceTimersByTime(8_000);
    // The server does not know the task where it began, so that it has ended.
    refuseCancel(ann, -32602);
    vi.advanceTimersByTime(3_600_000);
    expect([ann, other, later].map(({ cancelled }) => cancelled.length)).toEqual([3, 1, 1]);
    expect(bob.cancelled).toEqual([]);
  });
});

attack('guard-task-unknown-elsewhere', async () => {
  await withGuard(module, (guard) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const [ann, other] = [new TaskClient(guard, 'ann', true), new TaskClient(guard, 'ann', true)];
    ann.begin('t1', 'write');
    other.readPage();
    // The server is busy, and knows the task only in the session of MCP in which it began.
    refuseCancel(ann, -32603);
    for (const code of [-32602, -32601]) {
      refuseCancel(other, code);
      vi.advanceTimersByTime(10_000);
      refuseCancel(ann, -32603);
      vi.advanceTimersByTime(10_000);
    }
    expect(ann.cancelled.length).toBeGreaterThan(2);
    const id = ann.toServer.findLast(({ method }) => method === 'tasks/cancel')?.id;
    const sent = ann.cancelled.length;
    ann.server({ id, result: { taskId: 't1', status: 'cancelled' } });
    vi.advanceTimersByTime(3_600_000);
    expect(ann.cancelled).toHaveLength(sent);
  });
});

test('many messages of a client do not use up the attempts to cancel its task', async () => {
  await withGuard(module, (guard) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
    const ann = new TaskClient(guard, 'ann', true);
    ann.begin('t1', 'write');
    ann.readPage();
    for (const _ of [1, 2]) refuseCancel(ann, -32603);
    for (let index = 0; index < 3_000; index += 1) {
      const before = ann.cancelled.length;
      ann.request('ping', {});
      if (ann.cancelled.length > before) refuseCancel(ann, -32603);
    }
    expect(ann.cancelled.length).toBeLessThan(4);
    vi.setSystemTime(Date.now() + 2_000);
    const before = ann.cancelled.length;
    ann.request('ping', {});
    expect(ann.cancelled.length).toBe(before + 1);
  });
});

const note = 'x'.repeat(20 * 1_048_576);
const full = (count: number) => ({
  error: { message: `${count} tasks have not ended: cancel them` },
});

attack(
  'guard-tasks-memory',
  async () => {
    await withGuard(module, (guard) => {
      const [ann, bob] = [new TaskClient(guard, 'ann', true), new TaskClient(guard, 'bob', true)];
      for (const id of ['t1', 't2', 't3', 't4']) ann.begin(id, 'write', { note });
      // A further call is refused, and the tasks that run are not forgotten.
      const id = ann.call('read');
      expect(ann.toClient.at(-1)).toMatchObject({ id, ...full(4) });
      expect(bob.reaches('ping', '')).toBe(true);
      bob.begin('t1', 'write', { note });
      const status = { taskId: 't2', status: 'completed' };
      ann.server({ method: 'notifications/tasks/status', params: status });
      // The task that has ended makes room, and belongs to nobody then.
      ann.begin('t5', 'write');
      expect(ann.reaches('tasks/get', 't2')).toBe(false);
      expect(new TaskClient(guard, 'eve', false).reaches('tasks/get', 't2')).toBe(false);
      ann.readPage();
      expect([ann.cancelled, bob.cancelled]).toEqual([['t1', 't3', 't4', 't5'], []]);
    });
  },
  120_000,
);

test('a task that was only named makes room, and is cancelled then', {
  timeout: 120_000,
}, async () => {
  await withGuard(module, (guard) => {
    const ann = new TaskClient(guard, 'ann', true);
    for (const taskId of ['t1', 't2', 't3', 't4']) {
      ann.server({ id: ann.call('write', { note }), result: { taskId, content: [] } });
    }
    ann.server({ id: ann.call('write'), result: { content: [] } });
    expect(ann.cancelled).toEqual(['t1']);
    expect(ann.reaches('tasks/get', 't1')).toBe(false);
    expect(ann.reaches('tasks/get', 't2')).toBe(true);
  });
});

// Constraints on results, where the server answers a call by a task or with questions: what would be cut reaches nobody.

import { findResultPlace } from '@nhipol/service';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { attack } from '../../../attacks/attack.ts';
import { compileForGuard, guardPolicy } from '../../guard/guard-policy.ts';
import { Harness, readError, resultText, stateless } from '../relay-harness.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(`${guardPolicy}
action "mcp:tasks/get" {}
action "mcp:tasks/result" {}
action "mcp:tasks/list" {}
action "mcp:tasks/update" {}
outcomes { "delivered": {} }
for ai_agent doing "mcp:tasks/get", "mcp:tasks/result", "mcp:tasks/list", "mcp:tasks/update" {
  permit asks_tasks otherwise
}
`);
});

const open: Harness[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});
function harness(mode: 'enforce' | 'observe' = 'enforce'): Harness {
  const constraints = new Set(['max_rows', 'depth', 'height']);
  const made = new Harness({
    module,
    mode,
    abilities: { obligations: new Set(), constraints },
    resultLimits: new Map([['max_rows', findResultPlace('result.rows')]]),
  });
  open.push(made);
  return made;
}

const withheld = 'not permitted: `max_rows` cannot be applied to its result';
const structuredContent = { rows: ['secret row'] };
const content = [{ type: 'text', text: 'secret row' }];

/** The answers with which a call goes on as the task `t`. */
const started = [
  { task: { taskId: 't', status: 'working' } },
  { resultType: 'task', taskId: 't', status: 'working' },
  { resultType: 'task', taskId: 't', status: 'completed', result: { content, structuredContent } },
  { taskId: 't', structuredContent, content },
  { resultType: 'task', taskId: 't', inputRequests: {}, structuredContent },
];

attack('guard-task-result-not-limited', () => {
  for (const result of started) {
    const relay = harness();
    relay.call(1, 'find', { path: '/work/many' }, stateless);
    const received = relay.server({ jsonrpc: '2.0', id: 1, result });
    expect([result, resultText(received)]).toEqual([result, withheld]);
    const [cancel = '{}'] = received.server;
    expect(JSON.parse(cancel)).toMatchObject({ method: 'tasks/cancel', params: { taskId: 't' } });
    for (const [index, method] of ['tasks/get', 'tasks/result', 'tasks/update'].entries()) {
      const request = { jsonrpc: '2.0', id: 10 + index, method, params: { taskId: 't' } };
      const refused = relay.client(request);
      expect([method, refused.server]).toEqual([method, []]);
      expect(readError(refused)?.message).toContain('the task was stopped: `max_rows` cannot be');
    }
    relay.client({ jsonrpc: '2.0', id: 20, method: 'tasks/list', params: {} });
    const tasks = [{ taskId: 't', statusMessage: 'secret row' }];
    const listed = relay.server({ jsonrpc: '2.0', id: 20, result: { tasks } });
    expect(JSON.parse(listed.client[0] ?? '').result.tasks).toEqual([]);
    const params = { taskId: 't', status: 'completed', result: { content, structuredContent } };
    const status = { jsonrpc: '2.0', method: 'notifications/tasks/status', params };
    expect(relay.server(status).client).toEqual([]);
  }
});

attack('guard-task-progress', () => {
  const progress = (relay: Harness, text: string) => {
    const params = { progressToken: 'p', progress: 1, message: text };
    const message = { jsonrpc: '2.0', method: 'notifications/progress', params };
    return relay.server(message).client;
  };
  const withToken = { _meta: { ...stateless._meta, progressToken: 'p' } };
  const refused = harness();
  refused.call(1, 'find', { path: '/work/many' }, withToken);
  expect(progress(refused, 'one')).toHaveLength(1);
  refused.server({ jsonrpc: '2.0', id: 1, result: started[1] });
  expect(progress(refused, 'secret row')).toEqual([]);

  const running = harness();
  running.call(1, 'find', { path: '/work/a' }, withToken);
  running.server({ jsonrpc: '2.0', id: 1, result: started[1] });
  const before = running.logged.length;
  expect(progress(running, 'working')).toHaveLength(1);
  expect(running.logged.slice(before)).toMatchObject([
    { signal: 'delivered', payload: { action: { name: 'fs:find' } } },
    { signal: 'delivered', payload: { action: { name: 'mcp:notifications/progress' } } },
  ]);
  running.server({
    jsonrpc: '2.0',
    method: 'notifications/tasks/status',
    params: { taskId: 't', status: 'completed' },
  });
  expect(progress(running, 'late')).toEqual([]);
});

attack('guard-question-result-not-limited', () => {
  const relay = harness();
  const inputRequests = { q: { method: 'elicitation/create', params: { message: 'which one?' } } };
  relay.call(1, 'find', { path: '/work/many' }, stateless);
  const result = { resultType: 'input_required', inputRequests, requestState: 's' };
  const refused = relay.server({ jsonrpc: '2.0', id: 1, result: { ...result, structuredContent } });
  expect(resultText(refused)).toBe(withheld);
  relay.call(2, 'find', { path: '/work/many' }, stateless);
  const passed = relay.server({ jsonrpc: '2.0', id: 2, result });
  expect(JSON.parse(passed.client[0] ?? '').result.inputRequests).toEqual(inputRequests);
});

attack('guard-question-texts', () => {
  const secret = 'secret row';
  const elicitations = [{ message: 'which one?' }];
  const inputRequests = { q: { method: 'elicitation/create', params: { message: 'which one?' } } };
  const answers = [
    { error: { code: -32042, message: secret, data: { elicitations } } },
    { error: { code: -32042, message: 'input', data: { elicitations, rows: [secret] } } },
    { error: { code: 1, message: secret, data: secret } },
    { result: { resultType: 'input_required', inputRequests, _meta: { rows: [secret] } } },
  ];
  const passed = answers.map((answer) => {
    const relay = harness();
    relay.call(1, 'find', { path: '/work/many' }, stateless);
    const received = relay.server({ jsonrpc: '2.0', id: 1, ...answer });
    expect([answer, received.client.join()]).not.toEqual([answer, expect.stringContaining(secret)]);
    return received.client.join();
  });
  expect(passed[0]).toContain('which one?');
  expect(passed[3]).toContain('which one?');
});

test('a task is cancelled whose answer cannot be recorded', () => {
  const append = ({ kind }: { readonly kind: string }) => {
    if (kind === 'event') throw new Error('the disk is full');
    return 'id';
  };
  const relay = new Harness({ module, log: { append, close: async () => {} } });
  open.push(relay);
  relay.call(1, 'read', { path: '/work/a' }, stateless);
  const received = relay.server({ jsonrpc: '2.0', id: 1, result: started[1] });
  expect(resultText(received)).toBe('not permitted: its outcome cannot be recorded');
  expect(JSON.parse(received.server[0] ?? '{}')).toMatchObject({ method: 'tasks/cancel' });
});

test('a task of a call without such a constraint goes on', () => {
  const relay = harness();
  relay.call(1, 'find', { path: '/work/a' }, stateless);
  const received = relay.server({ jsonrpc: '2.0', id: 1, result: started[1] });
  expect(JSON.parse(received.client[0] ?? '').result.taskId).toBe('t');
  const get = { jsonrpc: '2.0', id: 2, method: 'tasks/get', params: { taskId: 't' } };
  expect(relay.client(get).server).toHaveLength(1);
});

test('the result of a task whose call is unknown reaches nobody where results are limited', () => {
  const relay = harness();
  const get = { jsonrpc: '2.0', id: 2, method: 'tasks/result', params: { taskId: 'before' } };
  const refused = relay.client(get);
  expect(refused.server).toEqual([]);
  expect(readError(refused)?.message).toBe('the task is unknown');
});

test('nothing is withheld where nothing is enforced', () => {
  const relay = harness('observe');
  relay.call(1, 'find', { path: '/work/many' }, stateless);
  const received = relay.server({ jsonrpc: '2.0', id: 1, result: started[1] });
  expect([received.server, JSON.parse(received.client[0] ?? '').result.taskId]).toEqual([[], 't']);
});

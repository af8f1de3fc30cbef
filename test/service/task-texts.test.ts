// The texts of a task: which call they count for, and what reaches the client after the task was stopped.

import { afterEach, beforeAll, expect } from 'vitest';
import { attack } from '../attacks/attack.ts';
import { compileForGuard } from './guard/guard-policy.ts';
import { Harness, readError } from './relay/relay-harness.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(`policy test.texts version "1.0.0"
record Path { path: String }
subject ai_agent {}
action "fs:read" { arguments: Path }
action "fs:slow" { arguments: Path }
action any {}
resource mcp_server {}
outcomes { "delivered": {} }
for ai_agent { permit works otherwise }
for ai_agent doing "fs:slow" {
  deny after_page when once(outcome "delivered" doing "fs:read") because "it has read a page"
}
`);
});
const open: Harness[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const withToken = { _meta: { progressToken: 'p' } };
const path = { path: '/a' };

/** A relay with a call that goes on as the task `t`. */
function withTask(name: string): Harness {
  const relay = new Harness({ module });
  open.push(relay);
  relay.connect();
  relay.call(1, name, path, withToken);
  relay.server({ jsonrpc: '2.0', id: 1, result: { task: { taskId: 't', status: 'working' } } });
  return relay;
}

const related = { _meta: { 'io.modelcontextprotocol/related-task': { taskId: 't' } } };
const form = { message: 'PAGE', requestedSchema: { type: 'object', properties: {} } };
const progress = { method: 'notifications/progress', params: { progressToken: 'p', progress: 1 } };

const ofNoRequest = [
  { method: 'notifications/message', params: { level: 'info', data: 'PAGE' } },
  { method: 'notifications/resources/updated', params: { uri: 'file:///PAGE' } },
  { id: 'e', method: 'elicitation/create', params: form },
  { id: 's', method: 'sampling/createMessage', params: { messages: [] } },
  { id: 'r', method: 'roots/list', params: {} },
];

const withRelated = ofNoRequest.map(({ params, ...message }) => ({
  ...message,
  params: { ...params, ...related },
}));

attack('guard-task-texts', () => {
  for (const message of [...ofNoRequest, ...withRelated, progress]) {
    const relay = withTask('read');
    const before = relay.logged.length;
    expect(relay.server({ jsonrpc: '2.0', ...message }).client).toHaveLength(1);
    const delivered = relay.logged.slice(before).flatMap((entry) => {
      if (entry.kind !== 'event' || entry.signal !== 'delivered') return [];
      return [(entry.payload as { action: { name: string } }).action.name];
    });
    expect([message, delivered]).toEqual([message, ['fs:read', `mcp:${message.method}`]]);
  }
});

attack('guard-task-token-used-again', () => {
  const relay = withTask('read');
  const again = (id: number) => relay.call(id, 'read', path, withToken);
  const inUse = 'a request with this progress token is in use';
  expect(readError(again(2))?.message).toBe(inUse);
  relay.server({
    jsonrpc: '2.0',
    method: 'notifications/tasks/status',
    params: { taskId: 't', status: 'completed' },
  });
  expect(again(3).server).toHaveLength(1);
  // The server may not have noticed that a task was stopped.
  const stopped = withTask('slow');
  stopped.call(2, 'read', path);
  stopped.complete(2);
  expect(readError(stopped.call(3, 'read', path, withToken))?.message).toBe(inUse);
});

attack('guard-stopped-task-texts', () => {
  const relay = withTask('slow');
  relay.call(2, 'read', path);
  expect(relay.complete(2).server.join()).toContain('tasks/cancel');
  for (const message of [...withRelated, progress]) {
    const received = relay.server({ jsonrpc: '2.0', ...message });
    expect([message, received.client]).toEqual([message, []]);
    const isAnswered = received.server.join().includes('the task was stopped: it has read a page');
    expect(isAnswered).toBe('id' in message);
  }
});

// Ids, cancellations and progress of the relay: an answer reaches only who waits for it, as the answer to its own request.

import { afterEach, beforeAll, expect } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard, guardPolicy } from '../guard/guard-policy.ts';
import { files, Harness, type HarnessOptions, readError, resultText } from './relay-harness.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});

const open: Harness[] = [];
function harness(options: Omit<HarnessOptions, 'module'> = {}): Harness {
  const made = new Harness({ module, ...options });
  open.push(made);
  return made;
}
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const inUse = 'a request with this id is in use';
const ping = (id: unknown) => ({ jsonrpc: '2.0', id, method: 'ping' });
const notify = (method: string, params: object) => ({
  jsonrpc: '2.0',
  method: `notifications/${method}`,
  params,
});
const cancel = (requestId: unknown) => notify('cancelled', { requestId });
const outcomes = (relay: Harness) =>
  relay.logged.flatMap((entry) => (entry.kind === 'event' ? [entry.signal] : []));

attack('guard-cancelled-id', () => {
  const relay = harness();
  relay.call(9, 'read', { path: '/work/a' });
  expect(relay.client(cancel(9)).server).toHaveLength(1);
  // A second cancellation has nothing to cancel.
  expect(relay.client(cancel(9)).server).toEqual([]);
  const again = relay.client(ping(9));
  expect([readError(again)?.message, again.server]).toEqual([inUse, []]);
  expect(outcomes(relay)).toEqual([]);
  expect(relay.complete(9, 'private data').client).toEqual([]);
  expect(outcomes(relay)).toEqual(['completed']);
  expect(relay.client(ping(9)).server).toHaveLength(1);
  // The same with a request other than a call.
  relay.client(cancel(9));
  expect(readError(relay.call(9, 'read', { path: '/work/a' }))?.message).toBe(inUse);
  expect(relay.server({ jsonrpc: '2.0', id: 9, result: {} }).client).toEqual([]);
  expect(relay.call(9, 'read', { path: '/work/a' }).server).toHaveLength(1);
});

attack('guard-stopped-id', () => {
  const relay = harness();
  relay.call(1, 'read', { path: '/work/a' });
  relay.call(2, 'read', { path: '/work/a' });
  relay.call(3, 'read', { path: '/work/a' });
  // Two failures deny the third call, which runs.
  relay.complete(1, 'no', true);
  const stopped = relay.complete(2, 'no', true);
  expect(JSON.parse(stopped.server[0] ?? '')).toMatchObject({ params: { requestId: 3 } });
  expect(readError(relay.client(ping(3)))?.message).toBe(inUse);
  expect(relay.complete(3, 'private data').client).toEqual([]);
  expect(outcomes(relay)).toEqual(['failed', 'failed', 'completed']);
  expect(relay.client(ping(3)).server).toHaveLength(1);
});

attack('guard-waiting-id', () => {
  const relay = harness({ tools: 'unanswered' });
  const { server } = relay.call(1, 'read', { path: '/work/first' });
  const { id } = JSON.parse(server[0] ?? '');
  relay.client(cancel(1));
  expect(relay.call(1, 'read', { path: '/work/second' }).server).toEqual([]);
  const listed = relay.server({ jsonrpc: '2.0', id, result: { tools: files } });
  expect(listed.server.map((text) => JSON.parse(text).params.arguments.path)).toEqual([
    '/work/second',
  ]);
});

attack('guard-id-spelling', () => {
  const relay = harness();
  relay.call(1, 'read', { path: '/work/a' });
  for (const id of ['1.0', '1e0', '-0', '0.1e1', '1E0']) {
    const received = relay.client(`{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
    expect([readError(received)?.message, received.server]).toEqual([
      '`id` must be a string or an integer',
      [],
    ]);
  }
  for (const id of [1, '1']) expect(readError(relay.client(ping(id)))?.message).toBe(inUse);
  expect(readError(relay.client('{"jsonrpc":"2.0","id":"\\u0031","method":"ping"}'))?.message).toBe(
    inUse,
  );
  // An answer is that of the request with exactly its id.
  expect(relay.complete('1').client).toEqual([]);
  expect(relay.server('{"jsonrpc":"2.0","id":1.0,"result":{}}').client).toEqual([]);
  expect(relay.complete(1).client).toHaveLength(1);
  relay.client(ping('7'));
  expect(readError(relay.call(7, 'read', { path: '/work/a' }))?.message).toBe(inUse);
});

attack('guard-progress', () => {
  const relay = harness();
  const call = (id: number, token: unknown) =>
    relay.call(id, 'read', { path: '/work/a' }, { _meta: { progressToken: token } });
  const progress = (token: unknown) =>
    relay.server(notify('progress', { progressToken: token, progress: 1, message: 'private' }));
  expect(progress('p').client).toEqual([]);
  call(1, 'p');
  expect(progress('p').client).toHaveLength(1);
  const same = call(2, 'p');
  expect([readError(same)?.message, same.server]).toEqual([
    'a request with this progress token is in use',
    [],
  ]);
  relay.client(cancel(1));
  expect(progress('p').client).toEqual([]);
  expect(readError(call(3, 'p'))?.message).toBe('a request with this progress token is in use');
  relay.complete(1);
  expect(progress('p').client).toEqual([]);
  call(4, 'p');
  expect(progress('p').client).toHaveLength(1);
  relay.complete(4);
  // The id of an answered request is not its token.
  call(4, 'q');
  expect([progress('p').client, progress('q').client.length]).toEqual([[], 1]);
  // A task goes on after the answer.
  relay.server({ jsonrpc: '2.0', id: 4, result: { task: { taskId: 't' } } });
  expect(progress('q').client).toHaveLength(1);
  // In the other direction.
  const own = notify('progress', { progressToken: 's', progress: 1 });
  expect(relay.client(own).server).toEqual([]);
  relay.server({ ...ping(1), params: { _meta: { progressToken: 's' } } });
  expect(relay.client(own).server).toHaveLength(1);
});

attack('guard-unanswered', () => {
  const relay = harness();
  for (let id = 0; id < 10_000; id += 1) {
    relay.client(ping(id));
    relay.client(cancel(id));
  }
  const refused = relay.call(10_000, 'read', { path: '/work/a' });
  expect([readError(refused)?.message, refused.server]).toEqual([
    'the server has not answered 10000 requests: start it again',
    [],
  ]);
  expect(relay.server({ jsonrpc: '2.0', id: 5, result: {} }).client).toEqual([]);
  expect(relay.call(10_000, 'read', { path: '/work/a' }).server).toHaveLength(1);
  // Long calls count by their length.
  const long = harness();
  const content = 'x'.repeat(40 * 1_048_576);
  for (const id of [1, 2]) {
    long.call(id, 'read', { path: '/work/a' }, { note: content });
    long.client(cancel(id));
  }
  expect(readError(long.client(ping(3)))?.message).toContain('has not answered 2 requests');
  for (let id = 0; id < 10_000; id += 1) long.server(ping(id));
  expect(JSON.parse(long.server(ping('more')).server[0] ?? '').error.message).toBe(
    'the client has not answered 10000 requests',
  );
});

attack('guard-server-cancels', () => {
  const relay = harness();
  relay.connect();
  const asked = JSON.parse(relay.call(1, 'write', { path: '/work/a' }).client[0] ?? '');
  // The question of the guard is not the server's to cancel.
  expect(relay.server(cancel(asked.id)).client).toEqual([]);
  expect(relay.server(cancel(1)).client).toEqual([]);
  const params = { message: 'which one?' };
  const question = { jsonrpc: '2.0', id: 5, method: 'elicitation/create', params };
  expect(relay.server(question).client).toHaveLength(1);
  expect(relay.server(cancel(5)).client).toHaveLength(1);
  const again = relay.server(ping(5));
  expect(JSON.parse(again.server[0] ?? '').error.message).toBe(inUse);
  const late = { jsonrpc: '2.0', id: 5, result: { action: 'accept', content: {} } };
  expect(relay.client(late).server).toEqual([]);
  expect(relay.server(ping(5)).client).toHaveLength(1);
  // The approval of the call is still open.
  const answer = { action: 'accept', content: { approve: true } };
  expect(relay.client({ jsonrpc: '2.0', id: asked.id, result: answer }).server).toHaveLength(1);
  expect(resultText(relay.complete(1))).toBe('done');
});

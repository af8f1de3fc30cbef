// The progress tokens that a relay remembers: of requests that are open or go on as tasks, and never their texts.

import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { MessageId } from '../../../service/mcp/protocol/message.ts';
import { ProgressTokens } from '../../../service/mcp/work/progress-tokens.ts';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard, guardPolicy } from '../guard/guard-policy.ts';
import { Harness, readError } from './relay-harness.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(guardPolicy);
});
const open: Harness[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

const allUsers = { isOpen: () => true, isTalking: () => true };
const withToken = (progressToken: unknown) => ({ _meta: { progressToken } });

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** The memory that is in use, in bytes. */
function usedMemory(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

attack(
  'guard-refused-progress-tokens',
  () => {
    const relay = new Harness({ module });
    open.push(relay);
    const length = 1_048_576;
    const before = usedMemory();
    for (let id = 1; id <= 300; id += 1) {
      const token = `${id} ${'x'.repeat(length)}`;
      const params = { uri: 'file:///etc/passwd', ...withToken(token) };
      const refused = relay.client({ jsonrpc: '2.0', id, method: 'resources/read', params });
      expect(readError(refused)?.message).toContain('not permitted');
      relay.logged.length = 0;
      relay.toClient.length = 0;
    }
    expect(usedMemory() - before).toBeLessThan(150 * length);
  },
  120_000,
);

test('the token of a refused request is free at once', () => {
  const relay = new Harness({ module });
  open.push(relay);
  const read = (id: number, path: string) => relay.call(id, 'read', { path }, withToken('p'));
  const token = 'a request with this progress token is in use';
  expect(read(1, '/etc/passwd').server).toEqual([]);
  expect(read(2, '/work/a').server).toHaveLength(1);
  expect(readError(read(3, '/work/a'))?.message).toBe(token);
  relay.complete(2);
  expect(read(4, '/work/a').server).toHaveLength(1);
});

test('long tokens and ids are compared as a whole', () => {
  const tokens = new ProgressTokens();
  const long = 'x'.repeat(1_000);
  const isOpen = (_id: MessageId) => true;
  const users = { isOpen, isTalking: () => false };
  expect(tokens.start(`${long}1`, withToken(`${long}a`), users)).toBe(true);
  expect(tokens.start(`${long}2`, withToken(`${long}b`), users)).toBe(true);
  expect(tokens.start(`${long}3`, withToken(`${long}a`), users)).toBe(false);
  const accepts = (end: string, isAwaited: typeof isOpen, isRunning = (_task: string) => false) =>
    tokens.accepts({ progressToken: `${long}${end}` }, isAwaited, isRunning);
  expect(accepts('a', (id) => id === `${long}1`)).toBe(true);
  expect(accepts('c', isOpen)).toBe(false);
  tokens.end(`${long}1`, undefined);
  expect(accepts('a', isOpen)).toBe(false);
  tokens.end(`${long}2`, 't');
  expect(accepts('b', isOpen)).toBe(false);
  expect(accepts('b', isOpen, (task) => task === 't')).toBe(true);
});

test('remembers digests of long tokens and ids alone', () => {
  const tokens = new ProgressTokens();
  const length = 1_048_576;
  const before = usedMemory();
  for (let id = 1; id <= 200; id += 1) {
    tokens.start(id, withToken(`${id} ${'x'.repeat(length)}`), allUsers);
  }
  expect(tokens.size).toBe(200);
  expect(usedMemory() - before).toBeLessThan(50 * length);
}, 120_000);

test('tokens of requests that ended without an answer are forgotten', () => {
  const tokens = new ProgressTokens();
  for (let id = 0; id < 10_000; id += 1) {
    tokens.start(id, withToken(id), { ...allUsers, isOpen: (other) => other === id });
  }
  expect(tokens.size).toBeLessThan(1_000);
});

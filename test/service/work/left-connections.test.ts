// Connections of answers that a client of 2025-11-25 closes, over HTTP: the request is cancelled, unless the client can continue the stream
// and does, and nothing counts as delivered that reached nobody.

import { afterEach, beforeAll, expect, test } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { WorkGuard, workPolicy } from './work-guard.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(workPolicy);
});
const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

async function openGuard(resumePeriod = 60_000): Promise<WorkGuard> {
  const guard = new WorkGuard();
  guard.resumePeriod = resumePeriod;
  cleanups.push(() => guard.close());
  await guard.open(module);
  return guard;
}

const patience = { timeout: 20_000 };
const left = 'the client has closed its connection';

/** Calls `slow`, and closes the connection when the server has begun. Returns the index of the call at the server. */
async function leave(guard: WorkGuard, id: number, path: string): Promise<number> {
  const index = guard.server.begun.length;
  const leaving = new AbortController();
  const answer = guard.call(id, path, { signal: leaving.signal });
  const isStream = path !== 'silent';
  await expect.poll(() => guard.server.begun.length, patience).toBe(index + 1);
  const body = isStream ? (await answer).body : null;
  // The comment with which a stream begins does not reach the client.
  if (path !== 'stream') await body?.getReader().read();
  leaving.abort();
  if (!isStream) await expect(answer).rejects.toThrow();
  return index;
}

attack(
  'guard-left-connection',
  async () => {
    const guard = await openGuard();
    const { server } = guard;
    const before = guard.delivered.length;
    const silent = await leave(guard, 1, 'silent');
    await expect.poll(() => server.listReasons(1), patience).toEqual([left]);
    server.answer(silent);
    const stream = await leave(guard, 2, 'stream');
    await expect.poll(() => server.listReasons(2), patience).toEqual([left]);
    const text = { method: 'notifications/message', params: { level: 'info', data: 'A PAGE' } };
    server.send(stream, text, { id: 2, result: { content: [] } });
    const call = async (id: number) => (await guard.call(id, 'answer', { tool: 'find' })).text();
    for (const id of [1, 2]) await expect.poll(() => call(id), patience).not.toContain('in use');
    // Only the answers that reached the client count.
    expect(guard.delivered.slice(before)).toEqual(['fs:find', 'fs:find']);
  },
  60_000,
);

attack(
  'guard-left-stream',
  async () => {
    const guard = await openGuard(700);
    const { server } = guard;
    for (const [id, path] of ['polled', 'resumable'].entries()) {
      const before = guard.delivered.length;
      await leave(guard, id + 1, path);
      const streams = server.streams.length;
      const leaving = new AbortController();
      const resumed = guard.resume(leaving.signal);
      await expect.poll(() => server.streams.length, patience).toBe(streams + 1);
      // The server goes on for as long as the client has the stream.
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      expect(server.listReasons(id + 1)).toEqual([]);
      server.answerElsewhere(id + 1);
      const { value } = (await (await resumed).body?.getReader().read()) ?? {};
      expect(new TextDecoder().decode(value)).toContain('"content":[]');
      expect(guard.delivered.slice(before)).toEqual(['fs:slow']);
      leaving.abort();
      // A client that does not come back has left.
      await leave(guard, id + 11, path);
      await expect.poll(() => server.listReasons(id + 11), patience).toEqual([left]);
    }
  },
  60_000,
);

test('a request that is refused because its id is in use does not end the other one', async () => {
  const guard = await openGuard();
  const { server } = guard;
  const answer = guard.call(1, 'silent');
  await expect.poll(() => server.begun.length, patience).toBe(2);
  expect(await (await guard.call(1, 'answer')).text()).toContain('in use');
  await guard.readPage(9);
  await expect.poll(() => server.listReasons(1), patience).toEqual(['it has read a page']);
  await (await answer).text();
});

test('the end of a token stops no request that got the id of an earlier one', async () => {
  const guard = await openGuard();
  const { server } = guard;
  const leaving = new AbortController();
  cleanups.push(async () => leaving.abort());
  const first = (await guard.call(1, 'resumable')).body?.getReader();
  await first?.read();
  const resumed = await guard.resume(leaving.signal);
  server.answerElsewhere(1);
  await resumed.body?.getReader().read();
  // The connection of the first request is still open.
  guard.token = 'second';
  const second = guard.call(1, 'silent');
  await expect.poll(() => server.begun.length, patience).toBe(3);
  guard.expiries.set('first', Date.now());
  await expect.poll(async () => (await first?.read())?.done, patience).toBe(true);
  expect(server.listReasons(1)).toEqual([]);
  server.answer(2);
  expect(await (await second).text()).toContain('"content":[]');
});

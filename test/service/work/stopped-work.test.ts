// Work that a server over HTTP may still do is stopped until the server has shown that it is over.

import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { attack } from '../../attacks/attack.ts';
import { compileForGuard } from '../guard/guard-policy.ts';
import { WorkGuard, workPolicy } from './work-guard.ts';

let module: Uint8Array;
beforeAll(async () => {
  module = await compileForGuard(workPolicy);
});
const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function openGuard(): Promise<WorkGuard> {
  const guard = new WorkGuard();
  cleanups.push(() => guard.close());
  await guard.open(module);
  return guard;
}

const patience = { timeout: 20_000 };
const left = 'the client has closed its connection';
const lost = 'the connection for its answer was lost';
const leaked = 'the key leaked';
const page = 'it has read a page';

/** The text that a client gets, or `undefined` if its connection was closed. */
function readText(sent: Promise<Response>): Promise<string | undefined> {
  return sent.then((response) => response.text()).catch(() => undefined);
}

attack(
  'guard-stateless-stopped',
  async () => {
    for (const [how, reason] of Object.entries({ revoke: leaked, page, expiry: 'expired' })) {
      const guard = await openGuard();
      const { server } = guard;
      const answers = [1, 2].map((id) => {
        const path = id === 1 ? 'silent' : 'stream';
        return readText(guard.call(id, path, { revision: '2026-07-28' }));
      });
      await expect.poll(() => server.begun.length, patience).toBe(3);
      if (how === 'revoke') guard.revoke();
      else if (how === 'page') await guard.readPage(9);
      else guard.validUntil = Date.now();
      if (how !== 'expiry') {
        await expect.poll(() => server.ended, patience).toEqual(new Set([1, 2]));
        for (const answer of answers) expect(await answer).toContain(reason);
      }
      expect(server.taken).toEqual([]);
    }
  },
  90_000,
);

attack(
  'guard-cancellation-before-call',
  async () => {
    // The shorter call fits into the buffers of the connection.
    const schedules = [
      { how: 'revoke', padding: 16_000_000 },
      { how: 'revoke', padding: 600_000 },
      { how: 'page', padding: 600_000 },
      { how: 'cancel', padding: 600_000 },
    ];
    for (const { how, padding } of schedules) {
      const guard = await openGuard();
      const { server } = guard;
      const answer = readText(guard.call(1, 'stream', { padding }));
      await expect.poll(() => server.arrived, patience).toBe(1);
      if (how === 'revoke') guard.revoke();
      else if (how === 'page') await guard.readPage(9);
      else await guard.cancel(1);
      await expect.poll(() => server.listReasons(1).length, patience).toBeGreaterThan(0);
      if (how !== 'cancel') expect(await answer).toContain('stopped while it ran');
      server.read();
      const taken = server.listReasons(1).length;
      // The server did not know the call when it took the first cancellation.
      await expect.poll(() => server.listReasons(1).length, patience).toBeGreaterThan(taken);
      if (padding > 10_000_000) expect(server.begun).not.toContain(1);
    }
  },
  120_000,
);

attack(
  'guard-lost-connection',
  async () => {
    const guard = await openGuard();
    const { server } = guard;
    const paths = ['cut', 'end', '202', '200', '500', '502', '503', '504'];
    const ids = paths.map((_, index) => index + 1);
    for (const [index, path] of paths.entries()) {
      expect(await readText(guard.call(index + 1, path))).toContain('"error"');
    }
    for (const id of ids) {
      await expect.poll(() => server.listReasons(id), patience).toContain(lost);
    }
    // The server may still answer.
    expect(await readText(guard.call(1, 'answer'))).toContain('a request with this id is in use');
    await guard.readPage(99);
    for (const id of ids) {
      await expect.poll(() => server.listReasons(id), patience).toContain(page);
    }
    guard.revoke();
    for (const id of ids) {
      await expect.poll(() => server.listReasons(id), patience).toContain(leaked);
    }
  },
  120_000,
);

attack(
  'guard-given-up-busy',
  async () => {
    const set = globalThis.setTimeout;
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((
      run: () => void,
      delay?: number,
      ...rest: []
    ) => set(run, delay === 600_000 ? 300 : delay, ...rest)) as typeof setTimeout);
    const guard = await openGuard();
    const { server } = guard;
    const leaving = new AbortController();
    const answer = readText(guard.call(1, 'stream', { signal: leaving.signal }));
    await expect.poll(() => server.begun.length, patience).toBe(2);
    server.refusals.push(503);
    leaving.abort();
    expect(await answer).toBeUndefined();
    await expect.poll(() => server.listReasons(1), patience).toContain(left);
    await expect.poll(() => server.ended, patience).toContain(1);
    guard.revoke();
    await expect.poll(() => server.listReasons(1), patience).toContain(leaked);
  },
  60_000,
);

attack(
  'guard-polled-call-expired',
  async () => {
    const guard = await openGuard();
    const { server } = guard;
    guard.validUntil = Date.now() + 4_000;
    expect(await readText(guard.call(1, 'polled'))).not.toContain('"error"');
    expect(server.listReasons(1)).toEqual([]);
    await expect.poll(() => server.listReasons(1), patience).toContain('the token has expired');
  },
  60_000,
);

attack(
  'guard-ends',
  async () => {
    const guard = await openGuard();
    const { server } = guard;
    expect(await readText(guard.call(1, 'task'))).toContain('t1');
    const stateful = readText(guard.call(2, 'silent'));
    const stateless = readText(guard.call(3, 'silent', { revision: '2026-07-28' }));
    await expect.poll(() => server.begun.length, patience).toBe(4);
    await guard.end();
    for (const answer of [stateful, stateless]) {
      expect(await answer).toContain('stopped while it ran: the guard ends');
    }
    expect(server.listReasons(2)).toContain('the guard ends');
    expect(server.cancelledTasks).toEqual(['t1']);
    await expect.poll(() => server.ended, patience).toContain(3);
    expect(guard.warnings.join()).not.toContain('may go on');
  },
  60_000,
);

attack(
  'guard-session-end-task',
  async () => {
    const guard = await openGuard();
    const { server } = guard;
    expect(await readText(guard.call(1, 'task'))).toContain('t1');
    server.refusals.push(...Array.from({ length: 20 }, () => 503));
    await guard.readPage(9);
    const ended = await guard.send(undefined);
    expect(ended.status).toBe(503);
    expect(server.deletions).toEqual([]);
    server.refusals.length = 0;
    await expect.poll(() => server.cancelledTasks, patience).toEqual(['t1']);
  },
  60_000,
);

test('many cancellations at once cause no warning of Node', async () => {
  const warned: Error[] = [];
  const onWarning = (warning: Error) => void warned.push(warning);
  process.on('warning', onWarning);
  cleanups.push(() => void process.off('warning', onWarning));
  const guard = await openGuard();
  const { server } = guard;
  const ids = Array.from({ length: 20 }, (_, index) => index + 1);
  const answers = ids.map((id) => readText(guard.call(id, 'silent')));
  await expect.poll(() => server.begun.length, patience).toBe(ids.length + 1);
  guard.revoke();
  for (const id of ids) await expect.poll(() => server.listReasons(id), patience).toContain(leaked);
  for (const answer of answers) expect(await answer).toContain(leaked);
  expect(warned).toEqual([]);
});

// Sessions that outlive their process: what changed is in the file, and is there again.

import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSessions, load, type Policy, type SessionStore } from '@nhipol/runtime';
import { sessionFile } from '@nhipol/runtime/node';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { assemble } from '../../cli/assemble.ts';
import { compile } from '../../compiler/index.ts';
import { policyOf } from '../support/checking.ts';

let policy: Policy;
let folder = '';
beforeAll(async () => {
  const text = `policy p
    context { time: Timestamp, risk?: Int }
    signals { leaked: {} }
    for any {
      permit works otherwise
      deny risky when context.risk >= 50, if unknown skip
      deny busy when count(decided, within 1m) >= 3
      revoke leaked when once(signal "leaked")
    }`;
  policy = load((await compile(policyOf(text), assemble)).wasm);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nhipol-sessions-'));
});
afterEach(() => rm(folder, { recursive: true }));

let now = 1_000_000;
const clock = { now: () => now, at: () => () => {} };
const fresh = () => createSessions(policy, { clock });
const file = () => join(folder, 'sessions.jsonl');
const asked = {
  subject: { type: 'agent', id: 'a' },
  action: { name: 'call' },
  resource: { type: 'file', id: 'f' },
  context: {},
};
const lines = async () => (await readFile(file(), 'utf8')).split('\n').slice(0, -1);

test('what was known and what happened is there again', async () => {
  const sessions = fresh();
  const keeping = await sessions.keep(sessionFile(file()));
  expect(keeping.restored).toEqual([]);
  for (const id of ['a', 'b', 'c', 'd']) sessions.open(id, asked);
  sessions.decide('a');
  sessions.decide('a');
  sessions.patch('b', { context: { risk: 60 } });
  sessions.record('c', 'leaked');
  expect(sessions.decide('c').effect).toBe('revoke');
  sessions.close('d');
  await keeping.saved();

  const others = fresh();
  const again = await others.keep(sessionFile(file()));
  expect(again.restored.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
  expect(others.decide('b').reasons).toEqual(['risky']);
  expect(others.decide('c').reasons).toEqual(['leaked']);
  expect(others.decide('a').effect).toBe('permit');
  expect(others.decide('a').reasons).toEqual(['busy']);
  await again.stop();
  await keeping.stop();
});

test('what changes is written by itself, once for many changes', async () => {
  const sessions = fresh();
  const keeping = await sessions.keep(sessionFile(file(), { sync: false }));
  sessions.open('a', asked);
  for (let at = 0; at < 5; at += 1) sessions.decide('a');
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await lines()).toEqual([sessions.snapshot('a')]);
  sessions.close('a');
  await keeping.saved();
  expect((await lines()).at(-1)).toBe('{"closed":"a"}');
  await keeping.stop();
  sessions.open('a', asked);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await lines()).toHaveLength(2);
});

test('a file of mostly outdated lines is written anew', async () => {
  const sessions = fresh();
  const keeping = await sessions.keep(sessionFile(file(), { sync: false }));
  sessions.open('a', asked);
  sessions.open('b', asked);
  for (let at = 0; at < 1_100; at += 1) {
    sessions.patch('a', 'context.risk', at % 40);
    await keeping.saved();
  }
  expect((await lines()).length).toBeLessThan(200);
  await keeping.stop();
  const others = fresh();
  const again = await others.keep(sessionFile(file()));
  expect(again.restored).toHaveLength(2);
  expect(JSON.parse(others.snapshot('a')).request.context).toEqual({ risk: 1_099 % 40 });
  await again.stop();
});

test('a line that was cut off is not there, one that somebody changed is told', async () => {
  const sessions = fresh();
  const keeping = await sessions.keep(sessionFile(file()));
  sessions.open('a', asked);
  await keeping.stop();
  await appendFile(file(), sessions.snapshot('a').replace('"a"', '"b"').slice(0, 40));
  const again = await fresh().keep(sessionFile(file()));
  expect(again.restored.map(({ id }) => id)).toEqual(['a']);
  await again.stop();
  expect(await lines()).toHaveLength(2);
  await writeFile(file(), `${sessions.snapshot('a')}\nodd\n`);
  await expect(fresh().keep(sessionFile(file()))).rejects.toThrow('sessions.jsonl:2 is no session');
});

test('a session of no use is told, and stays in the store', async () => {
  await writeFile(file(), '{"id":"a"}\n{"session":1,"id":"b"}\n');
  const keeping = await fresh().keep(sessionFile(file()));
  expect(keeping.refused.map(({ session, code }) => [session, code])).toEqual([
    ['a', 'no_snapshot'],
    ['b', 'no_snapshot'],
  ]);
  await keeping.stop();
  expect(await lines()).toHaveLength(2);
});

test('what could not be written is told, and tried again', async () => {
  const written: string[] = [];
  let isBroken = true;
  const store: SessionStore = {
    read: async () => [],
    write: async (changed) => {
      if (isBroken) throw new Error('the disk is full');
      written.push(...changed.keys());
    },
  };
  const told: unknown[] = [];
  const sessions = fresh();
  const keeping = await sessions.keep(store, { onError: (error) => told.push(error) });
  sessions.open('a', asked);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(told).toEqual([new Error('the disk is full')]);
  await expect(keeping.saved()).rejects.toThrow('the disk is full');
  isBroken = false;
  sessions.open('b', asked);
  await keeping.saved();
  expect(written.sort()).toEqual(['a', 'b']);
});

test('what happens by time alone is written too', async () => {
  const sessions = fresh();
  const keeping = await sessions.keep(sessionFile(file()));
  sessions.open('a', asked);
  for (let at = 0; at < 4; at += 1) sessions.decide('a');
  await keeping.saved();
  now += 60_001;
  expect(sessions.sweep().map(({ answer }) => answer.effect)).toEqual(['permit']);
  await keeping.saved();
  expect((await lines()).at(-1)).toContain('"effect":"permit"');
  await keeping.stop();
});

// Sessions that outlive their process: changes are written to a file and restored from it.

import { spawn } from 'node:child_process';
import {
  appendFile,
  link,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile } from '@nhipol/compiler';
import { load, type Policy, SessionError, type SessionStore } from '@nhipol/runtime';
import { sessionFile } from '@nhipol/runtime/node';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createRegistry } from '../../../runtime/sessions/create-sessions.ts';
import { checkPolicy } from '../../support/checking.ts';
import { assemble } from '../../support/modules/assembler.ts';

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
  policy = load((await compile(checkPolicy(text), assemble)).wasm);
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nhipol-sessions-'));
});
afterEach(() => rm(folder, { recursive: true }));

let now = 1_000_000;
const clock = { now: () => now, at: () => () => {} };
const fresh = (options = {}) => createRegistry(policy, { clock, ...options });
const file = () => join(folder, 'sessions.jsonl');
const asked = {
  subject: { type: 'agent', id: 'a' },
  action: { name: 'call' },
  resource: { type: 'file', id: 'f' },
  context: {},
};
const lines = async () => (await readFile(file(), 'utf8')).split('\n').slice(0, -1);

test('facts and history are restored', async () => {
  const sessions = fresh();
  const persistence = await sessions.attachStore(sessionFile(file()));
  expect(persistence.restored).toEqual([]);
  for (const id of ['a', 'b', 'c', 'd']) sessions.open(id, asked);
  sessions.decide('a');
  sessions.decide('a');
  sessions.patch('b', { context: { risk: 60 } });
  sessions.record('c', 'leaked');
  expect(sessions.decide('c').effect).toBe('revoke');
  sessions.close('d');
  await persistence.flush();
  await persistence.stop();

  const others = fresh();
  const again = await others.attachStore(sessionFile(file()));
  expect(again.restored.map(({ id }) => id).sort()).toEqual(['a', 'b', 'c']);
  expect(others.decide('b').reasons).toEqual(['risky']);
  expect(others.decide('c').reasons).toEqual(['leaked']);
  expect(others.decide('a').effect).toBe('permit');
  expect(others.decide('a').reasons).toEqual(['busy']);
  await again.stop();
});

test('changes are written automatically, many at once', async () => {
  const sessions = fresh();
  const persistence = await sessions.attachStore(sessionFile(file(), { sync: false }));
  sessions.open('a', asked);
  for (let at = 0; at < 5; at += 1) sessions.decide('a');
  await expect.poll(lines).toEqual([sessions.snapshot('a')]);
  sessions.close('a');
  await persistence.flush();
  expect((await lines()).at(-1)).toBe('{"closed":"a"}');
  await persistence.stop();
  sessions.open('a', asked);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await lines()).toHaveLength(2);
});

test('a file of mostly outdated lines is rewritten', async () => {
  const sessions = fresh();
  const persistence = await sessions.attachStore(sessionFile(file(), { sync: false }));
  sessions.open('a', asked);
  sessions.open('b', asked);
  for (let at = 0; at < 1_100; at += 1) {
    sessions.patch('a', 'context.risk', at % 40);
    await persistence.flush();
  }
  expect((await lines()).length).toBeLessThan(200);
  await persistence.stop();
  const others = fresh();
  const again = await others.attachStore(sessionFile(file()));
  expect(again.restored).toHaveLength(2);
  expect(JSON.parse(others.snapshot('a')).request.context).toEqual({ risk: 1_099 % 40 });
  await again.stop();
});

test('an interrupted line is ignored, and a modified one is reported', async () => {
  const sessions = fresh();
  const persistence = await sessions.attachStore(sessionFile(file()));
  sessions.open('a', asked);
  await persistence.stop();
  await appendFile(file(), sessions.snapshot('a').replace('"a"', '"b"').slice(0, 40));
  const again = await fresh().attachStore(sessionFile(file()));
  expect(again.restored.map(({ id }) => id)).toEqual(['a']);
  await again.stop();
  expect(await lines()).toHaveLength(2);
  await writeFile(file(), `${sessions.snapshot('a')}\nodd\n`);
  await expect(fresh().attachStore(sessionFile(file()))).rejects.toThrow(
    'sessions.jsonl:2 is not a session',
  );
});

test('a session that cannot be restored is reported, and stays in the store', async () => {
  await writeFile(file(), '{"id":"a"}\n{"session":1,"id":"b"}\n');
  const persistence = await fresh().attachStore(sessionFile(file()));
  expect(persistence.refused.map(({ session, code }) => [session, code])).toEqual([
    ['a', 'no_snapshot'],
    ['b', 'no_snapshot'],
  ]);
  await persistence.stop();
  expect(await lines()).toHaveLength(2);
});

test('a failed write is reported and retried', async () => {
  const written: string[] = [];
  let isBroken = true;
  const store: SessionStore = {
    read: async () => [],
    write: async (changed) => {
      if (isBroken) throw new Error('the disk is full');
      written.push(...changed.keys());
    },
  };
  const errors: unknown[] = [];
  const sessions = fresh();
  const persistence = await sessions.attachStore(store, { onError: (error) => errors.push(error) });
  sessions.open('a', asked);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(errors).toEqual([new Error('the disk is full')]);
  await expect(persistence.flush()).rejects.toThrow('the disk is full');
  isBroken = false;
  sessions.open('b', asked);
  await persistence.flush();
  expect(written.sort()).toEqual(['a', 'b']);
});

test('changes by time alone are written, too', async () => {
  const sessions = fresh();
  const persistence = await sessions.attachStore(sessionFile(file()));
  sessions.open('a', asked);
  for (let at = 0; at < 4; at += 1) sessions.decide('a');
  await persistence.flush();
  now += 60_001;
  expect(sessions.sweep().map(({ answer }) => answer.effect)).toEqual(['permit']);
  await persistence.flush();
  expect((await lines()).at(-1)).toContain('"effect":"permit"');
  await persistence.stop();
});

/** A store in memory, whose `read` waits for a signal. */
function slowStore(texts: ReadonlyMap<string, string> = new Map()) {
  const stored = new Map(texts);
  let release = () => {};
  const waiting = new Promise<void>((resolve) => {
    release = resolve;
  });
  const store: SessionStore = {
    read: async () => {
      await waiting;
      return [...stored.values()];
    },
    write: async (changed) => {
      for (const [id, text] of changed) {
        if (text === undefined) stored.delete(id);
        else stored.set(id, text);
      }
    },
  };
  return { store, release, stored };
}

/** The result of restoring a store in the next process: the answer to `a`, and whether `a` can be opened. */
async function nextProcess(stored: ReadonlyMap<string, string>) {
  const sessions = fresh();
  const { store, release } = slowStore(stored);
  release();
  await sessions.attachStore(store);
  if (sessions.has('a')) return sessions.decide('a').effect;
  return refusal(() => sessions.open('a', asked)) ?? 'open';
}

function refusal(call: () => void): string | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof SessionError) return error.code;
    throw error;
  }
  return undefined;
}

function texts(effect: 'permit' | 'revoke'): ReadonlyMap<string, string> {
  const sessions = fresh();
  sessions.open('a', asked);
  sessions.decide('a');
  if (effect === 'revoke') {
    sessions.record('a', 'leaked');
    expect(sessions.decide('a').effect).toBe('revoke');
  }
  return new Map([['a', sessions.snapshot('a')]]);
}

test('sessions that ended without `stop` are stored as they were', async () => {
  const { store, release, stored } = slowStore();
  release();
  const sessions = fresh();
  const persistence = await sessions.attachStore(store);
  for (const id of ['a', 'b']) sessions.open(id, asked);
  sessions.decide('b');
  await persistence.flush();
  sessions.decide('a');
  sessions.record('a', 'leaked');
  sessions.end();
  await persistence.flush();
  expect(await nextProcess(stored)).toBe('revoke');
  expect(stored.has('b')).toBe(true);
});

test('sessions are stored as they were during a write, or if `stop` was not awaited', async () => {
  const { store, release, stored } = slowStore();
  release();
  const sessions = fresh();
  const persistence = await sessions.attachStore(store);
  sessions.open('a', asked);
  sessions.record('a', 'leaked');
  const written = persistence.stop();
  sessions.end();
  await written;
  expect(await nextProcess(stored)).toBe('revoke');
});

test('the id of a revoked session stays revoked after it was closed', async () => {
  const { store, release, stored } = slowStore();
  release();
  const sessions = fresh();
  const persistence = await sessions.attachStore(store);
  sessions.open('a', asked);
  sessions.decide('a');
  const older = sessions.snapshot('a');
  sessions.record('a', 'leaked');
  // It was not evaluated again.
  sessions.close('a');
  expect(sessions.decide('a').effect).toBe('deny');
  expect(refusal(() => sessions.open('a', asked))).toBe('session_revoked');
  expect(refusal(() => sessions.restore(older))).toBe('session_revoked');
  await persistence.flush();
  expect(await nextProcess(stored)).toBe('session_revoked');
  const later = fresh();
  const again = await later.attachStore(store);
  expect(refusal(() => later.restore(older))).toBe('session_revoked');
  await again.stop();
});

test('a revoked session is restored as revoked', () => {
  const sessions = fresh();
  sessions.open('a', asked);
  sessions.record('a', 'leaked');
  expect(sessions.decide('a').effect).toBe('revoke');
  const text = sessions.snapshot('a');
  sessions.close('a');
  sessions.restore(text);
  expect(sessions.decide('a').effect).toBe('revoke');
});

test('a session that is opened before the store was read is revoked if it is revoked in the store', async () => {
  const { store, release, stored } = slowStore(texts('revoke'));
  const sessions = fresh();
  const persistence = sessions.attachStore(store);
  sessions.open('a', asked);
  expect(sessions.decide('a').effect).toBe('permit');
  const signal = sessions.abortSignal('a');
  const heard: string[] = [];
  sessions.on('revoked', ({ id, answer }) => heard.push(`${id} ${answer.reasons}`));
  release();
  await (await persistence).flush();
  expect(sessions.decide('a').effect).toBe('revoke');
  expect(signal.aborted).toBe(true);
  expect(heard).toEqual(['a revoked_before']);
  expect(await nextProcess(stored)).toBe('revoke');
});

test('a session is also revoked if the store has only its id', async () => {
  const first = slowStore(texts('revoke'));
  first.release();
  const before = fresh();
  const persistenceBefore = await before.attachStore(first.store);
  before.close('a');
  await persistenceBefore.flush();
  expect(first.stored.get('a')).toBe(
    JSON.stringify({ id: 'a', revoked_until: now + 30 * 24 * 3_600_000 }),
  );
  const { store, release, stored } = slowStore(first.stored);
  const sessions = fresh();
  const persistence = sessions.attachStore(store);
  sessions.open('a', asked);
  sessions.decide('a');
  const signal = sessions.abortSignal('a');
  release();
  await (await persistence).flush();
  expect(signal.aborted).toBe(true);
  expect(sessions.decide('a').effect).toBe('deny');
  expect(await nextProcess(stored)).toBe('session_revoked');
});

test.each(['close', 'end'] as const)(
  'a revocation is not lost to an older snapshot if %s comes before the store was read',
  async (how) => {
    const { store, release, stored } = slowStore(texts('permit'));
    const sessions = fresh();
    const persistence = sessions.attachStore(store);
    sessions.open('a', asked);
    sessions.record('a', 'leaked');
    if (how === 'close') sessions.close('a');
    else sessions.end();
    release();
    await (await persistence).flush();
    expect(sessions.decide('a').effect).toBe('deny');
    expect(await nextProcess(stored)).toBe('session_revoked');
  },
);

test('an id can be used again after its lifetime', async () => {
  const { store, release, stored } = slowStore();
  release();
  const sessions = fresh({ revokedIdLifetime: 1_000 });
  const persistence = await sessions.attachStore(store);
  sessions.open('a', asked);
  sessions.record('a', 'leaked');
  sessions.close('a');
  await persistence.flush();
  now += 999;
  expect(refusal(() => sessions.open('a', asked))).toBe('session_revoked');
  now += 1;
  expect(await nextProcess(stored)).toBe('open');
  sessions.open('a', asked);
  expect(sessions.decide('a').effect).toBe('permit');
  sessions.close('a');
  await persistence.flush();
  expect(stored.size).toBe(0);
});

test('a session that cannot be written now does not affect the others', async () => {
  const written: string[] = [];
  const store: SessionStore = {
    read: async () => [],
    write: async (changed) => {
      written.push(...changed.keys());
    },
  };
  const sessions = fresh();
  const errors: unknown[] = [];
  const persistence = await sessions.attachStore(store, { onError: (error) => errors.push(error) });
  sessions.open('a', asked);
  sessions.open('b', asked);
  const snapshot = vi.spyOn(sessions, 'snapshot').mockImplementationOnce(() => {
    throw new Error('no text');
  });
  await expect(persistence.flush()).rejects.toThrow('no text');
  expect(written).toEqual(['b']);
  snapshot.mockRestore();
  await persistence.flush();
  expect(written).toEqual(['b', 'a']);
});

const mode = async (name: string) => ((await stat(join(folder, name))).mode & 0o777).toString(8);

test('only the owner can access the file, also after it was rewritten', async () => {
  const before = process.umask(0);
  try {
    const sessions = fresh();
    const persistence = await sessions.attachStore(sessionFile(file(), { sync: false }));
    sessions.open('a', asked);
    await persistence.flush();
    expect(await mode('sessions.jsonl')).toBe('600');
    expect(await mode('sessions.jsonl.lock')).toBe('600');
    const { ino } = await stat(file());
    for (let at = 0; at < 1_010; at += 1) {
      sessions.patch('a', 'context.risk', at % 40);
      await persistence.flush();
    }
    expect((await stat(file())).ino).not.toBe(ino);
    expect(await mode('sessions.jsonl')).toBe('600');
    await persistence.stop();
    expect(await readdir(folder)).toEqual(['sessions.jsonl']);
  } finally {
    process.umask(before);
  }
});

test('a symbolic link is not followed', async () => {
  const target = join(folder, 'other');
  await writeFile(target, '');
  await symlink(target, file());
  await expect(fresh().attachStore(sessionFile(file()))).rejects.toThrow(/ELOOP|symbolic link/);
  await rm(file());
  await symlink(target, `${file()}.new`);
  const sessions = fresh();
  const persistence = await sessions.attachStore(sessionFile(file(), { sync: false }));
  sessions.open('a', asked);
  for (let at = 0; at < 1_010; at += 1) {
    sessions.patch('a', 'context.risk', at % 40);
    await persistence.flush();
  }
  await persistence.stop();
  expect(await readFile(target, 'utf8')).toBe('');
  expect((await lines()).length).toBeLessThan(100);
});

test('one process at a time uses the file', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)']);
  const lock = (owner: object) =>
    writeFile(
      `${file()}.lock`,
      JSON.stringify({ pid: other.pid, host: hostname(), thread: 0, started: '', ...owner }),
    );
  await lock({});
  const rejected = expect.objectContaining({ code: 'ELOCKED' });
  await expect(fresh().attachStore(sessionFile(file()))).rejects.toEqual(rejected);
  await lock({ host: 'another.example', pid: 2 ** 30 });
  await expect(fresh().attachStore(sessionFile(file()))).rejects.toThrow('on another.example');
  // Another process with the same id.
  if (process.platform === 'linux') {
    await lock({ started: 'an earlier boot' });
    await (await fresh().attachStore(sessionFile(file()))).stop();
  }
  await lock({});
  const ended = new Promise((resolve) => other.once('exit', resolve));
  other.kill();
  await ended;
  const persistence = await fresh().attachStore(sessionFile(file()));
  expect(JSON.parse(await readFile(`${file()}.lock`, 'utf8'))).toMatchObject({ pid: process.pid });
  await persistence.stop();
  expect(await readdir(folder)).toEqual(['sessions.jsonl']);
});

test.each([
  ['by the same path', file],
  ['by another spelling of it', () => `${folder}/./x/../sessions.jsonl`],
  [
    'by a link to its folder',
    async () => {
      await symlink(folder, join(folder, 'link'));
      return join(folder, 'link', 'sessions.jsonl');
    },
  ],
  [
    'by a hard link',
    async () => {
      await link(file(), join(folder, 'other.jsonl'));
      return join(folder, 'other.jsonl');
    },
  ],
])('a second store of the file in this process is refused: %s', async (_, name) => {
  await mkdir(join(folder, 'x'));
  const sessions = fresh();
  const persistence = await sessions.attachStore(sessionFile(file(), { sync: false }));
  sessions.open('a', asked);
  sessions.record('a', 'leaked');
  await persistence.flush();
  const second = sessionFile(await name(), { sync: false });
  const used = expect.objectContaining({
    code: 'ELOCKED',
    message: expect.stringContaining('used'),
  });
  await expect(fresh().attachStore(second)).rejects.toEqual(used);
  await expect(second.write(new Map([['a', undefined]]))).rejects.toEqual(used);
  // The first one goes on, and the second one may follow it.
  sessions.open('b', asked);
  await persistence.stop();
  const restored = fresh();
  const next = await restored.attachStore(sessionFile(file(), { sync: false }));
  expect(next.restored.map(({ id }) => id)).toEqual(['a', 'b']);
  expect(restored.decide('a').effect).toBe('revoke');
  await next.stop();
});

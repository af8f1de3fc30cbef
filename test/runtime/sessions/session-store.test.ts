// A session file whose disk fails, or whose process ends, at any byte: data that was written before is never lost.

import { describe, expect, test } from 'vitest';
import { createFileStore } from '../../../runtime/node/session-file.ts';
import { FakeDisk, type Fault } from '../../support/system/fake-disk.ts';

const path = '/sessions.jsonl';

/** A text with the form of a session, revoked or not. */
function text(id: string, change: number, effect = 'permit'): string {
  return JSON.stringify({ session: 1, id, effect, change, filler: 'x'.repeat(20 + (change % 7)) });
}

type Batch = ReadonlyMap<string, string | undefined>;

/** Sessions change, are revoked and closed; enough lines for two rewrites of the file. */
const batches: readonly Batch[] = Array.from({ length: 12 }, (_, at) => {
  if (at === 3) return new Map([['b', undefined]]);
  if (at === 4) return new Map([['a', text('a', at, 'revoke')]]);
  if (at % 4 === 1) {
    const many = Array.from({ length: 300 }, (_, each) => [`s${each}`, text(`s${each}`, at)]);
    return new Map([...many, ['c', text('c', at)]] as [string, string][]);
  }
  if (at % 4 === 2) {
    return new Map(Array.from({ length: 300 }, (_, each) => [`s${each}`, undefined]));
  }
  return new Map([
    ['b', text('b', at)],
    ['c', text('c', at)],
  ]);
});

const small = batches.slice(0, 6).map((batch) => new Map([...batch].slice(0, 3)));

function after(before: ReadonlyMap<string, string>, batch: Batch): ReadonlyMap<string, string> {
  const texts = new Map(before);
  for (const [id, each] of batch) {
    if (each === undefined) texts.delete(id);
    else texts.set(id, each);
  }
  return texts;
}

function byId(texts: readonly string[]): ReadonlyMap<string, string> {
  return new Map(texts.map((each) => [(JSON.parse(each) as { id: string }).id, each]));
}

async function readAgain(disk: FakeDisk): Promise<ReadonlyMap<string, string>> {
  const store = createFileStore(path, true, disk);
  const texts = byId(await store.read());
  await store.close?.();
  return texts;
}

/** Expects that each id has its text from before or after the interrupted write. */
function expectIntermediate(
  found: ReadonlyMap<string, string>,
  before: ReadonlyMap<string, string>,
  next: ReadonlyMap<string, string>,
): void {
  for (const id of new Set([...found.keys(), ...before.keys(), ...next.keys()])) {
    expect([before.get(id), next.get(id)]).toContain(found.get(id));
  }
}

/** Expects that a session can be written and read. */
async function expectWritable(disk: FakeDisk, change: number): Promise<void> {
  const store = createFileStore(path, true, disk);
  await store.read();
  await store.write(new Map([['z', text('z', change)]]));
  expect((await readAgain(disk)).get('z')).toBe(text('z', change));
}

/** Writes until the disk fails; returns what was acknowledged, and what the failed write would have produced. */
async function writeUntilFault(disk: FakeDisk, all: readonly Batch[]) {
  const store = createFileStore(path, true, disk);
  let known: ReadonlyMap<string, string> = new Map();
  for (const batch of all) {
    const next = after(known, batch);
    try {
      await store.write(batch);
    } catch {
      return { store, known, next, failed: batch };
    }
    known = next;
  }
  return { store, known, next: known, failed: undefined };
}

/** Counts the steps of a run without faults: written bytes and calls. */
async function countSteps(all: readonly Batch[]): Promise<{ bytes: number; calls: number }> {
  const disk = new FakeDisk();
  await writeUntilFault(disk, all);
  return { bytes: disk.bytesWritten, calls: disk.calls };
}

describe.each([
  ['the process is killed', false],
  ['the power fails', true],
])('if %s,', (_, isPower) => {
  test('a crash at any byte loses nothing that was written before, and the file stays writable', async () => {
    const { bytes } = await countSteps(small);
    for (let at = 0; at <= bytes; at += 1) {
      const disk = new FakeDisk({ crashAtByte: at });
      const { known, next } = await writeUntilFault(disk, small);
      const later = disk.afterCrash(isPower);
      expectIntermediate(await readAgain(later), known, next);
      await expectWritable(later, at);
    }
  });

  test('a crash at any call loses nothing that was written before', async () => {
    const { calls } = await countSteps(batches);
    for (let at = 0; at <= calls; at += 1) {
      const disk = new FakeDisk({ crashAtCall: at });
      const { known, next } = await writeUntilFault(disk, batches);
      const later = disk.afterCrash(isPower);
      expectIntermediate(await readAgain(later), known, next);
      await expectWritable(later, at);
    }
  }, 60_000);
});

const faults: readonly [string, (at: number) => Fault][] = [
  ['the disk is full after a number of bytes', (at) => ({ fullAtByte: at })],
  ['a write takes fewer bytes than it is given', (at) => ({ shortAtByte: at })],
];

test.each(faults)('%s: written data stays readable, and the write is retried', async (_, fault) => {
  const { bytes } = await countSteps(small);
  for (let at = 0; at <= bytes; at += 1) {
    const disk = new FakeDisk(fault(at));
    const { store, known, failed } = await writeUntilFault(disk, small);
    disk.repair();
    expect(byId(await store.read())).toEqual(known);
    if (failed === undefined) continue;
    await store.write(failed);
    await store.write(new Map([['z', text('z', at)]]));
    const expected = after(after(known, failed), new Map([['z', text('z', at)]]));
    expect(await readAgain(disk)).toEqual(expected);
  }
});

test('a failure of any call: written data stays readable, and the write is retried', async () => {
  const { calls } = await countSteps(batches);
  for (let at = 0; at <= calls; at += 1) {
    const disk = new FakeDisk({ failAtCall: at });
    const { store, known, next, failed } = await writeUntilFault(disk, batches);
    disk.repair();
    expectIntermediate(byId(await store.read()), known, next);
    if (failed !== undefined) await store.write(failed);
    await store.write(new Map([['z', text('z', at)]]));
    const expected = after(next, new Map([['z', text('z', at)]]));
    expect(await readAgain(disk)).toEqual(expected);
  }
}, 60_000);

test('a full disk that cannot truncate the file leaves nothing that corrupts later lines', async () => {
  const disk = new FakeDisk({ fullAtByte: 150, isCutRefused: true });
  const { store, known, failed } = await writeUntilFault(disk, small);
  expect(disk.readSize(path)).toBe(150);
  disk.repair();
  await store.write(failed ?? new Map());
  expect(await readAgain(disk)).toEqual(after(known, failed ?? new Map()));
});

test('a file of mostly outdated lines is rewritten with the same mode', async () => {
  const disk = new FakeDisk();
  const { store, known } = await writeUntilFault(disk, batches.slice(0, 2));
  expect(disk.readMode(path)).toBe(0o600);
  disk.setMode(path, 0o640);
  const size = disk.readSize(path);
  for (let at = 0; at < 4; at += 1)
    for (const batch of batches.slice(1, 3)) await store.write(batch);
  expect(disk.renames).toBeGreaterThan(0);
  expect(disk.readSize(path)).toBeLessThan(3 * size);
  expect(disk.readMode(path)).toBe(0o640);
  expect(disk.readMode(`${path}.new`)).toBeUndefined();
  expect((await readAgain(disk)).get('a')).toBe(known.get('a'));
});

test('a file that another program writes to, truncates or removes is reported', async () => {
  for (const change of [
    (disk: FakeDisk) => disk.put(path, `${disk.peekText(path)}{"id":"x"}\n`),
    (disk: FakeDisk) => disk.put(path, ''),
    (disk: FakeDisk) => disk.remove(path),
  ]) {
    const disk = new FakeDisk();
    const { store } = await writeUntilFault(disk, small.slice(0, 2));
    change(disk);
    await expect(store.write(new Map([['z', text('z', 1)]]))).rejects.toThrow('by another program');
  }
});

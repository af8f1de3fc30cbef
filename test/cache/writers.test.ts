// Writing to the cache: several writers, disks without space, and the limits of its size.

import { readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { evictEntries } from '@nhipol/cli/cache';
import { expect, test } from 'vitest';
import { CacheFolder, compiled, files, parts, sources } from './cache-harness.ts';

const policy = { entry: 'guard.nhipol', sources, files };

test('of several writers one wins, and a reader never sees a part', async () => {
  using cache = new CacheFolder();
  const modules = [1, 2, 3, 4].map((byte) => new Uint8Array(100_000).fill(byte));
  const store = (module: Uint8Array) => cache.open().store(parts, policy, { ...compiled, module });
  await store(modules[0] as Uint8Array);
  let isWriting = true;
  const writing = Promise.all(
    modules.flatMap((module) => [1, 2, 3, 4, 5].map(() => store(module))),
  );
  const written = writing.finally(() => {
    isWriting = false;
  });
  let reads = 0;
  while (isWriting) {
    const { module } = (await cache.find()) ?? {};
    expect(modules).toContainEqual(module);
    reads += 1;
  }
  await written;
  expect(reads).toBeGreaterThan(0);
  expect(cache.names).toHaveLength(1);
});

test('while an entry is written, the former one is used', async () => {
  using cache = new CacheFolder();
  await cache.store();
  const found: unknown[] = [];
  const slow = cache.open({
    write: async (file, bytes) => {
      await file.write(bytes.subarray(0, 10));
      found.push(await cache.find());
      await file.write(bytes.subarray(10));
    },
  });
  const module = new Uint8Array([7]);
  await slow.store(parts, policy, { ...compiled, module });
  expect(found).toEqual([expect.objectContaining({ module: compiled.module })]);
  expect((await cache.find())?.module).toEqual(module);
});

test('a full disk fails nothing, and leaves the former entry', async () => {
  using cache = new CacheFolder();
  const entry = await cache.store();
  const before = readFileSync(entry);
  const full = cache.open({
    write: async (file, bytes) => {
      await file.write(bytes.subarray(0, 10));
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    },
  });
  await full.store(parts, policy, { ...compiled, module: new Uint8Array([7]) });
  expect(cache.names).toHaveLength(1);
  expect(readFileSync(entry)).toEqual(before);
  expect(await cache.find()).toMatchObject(compiled);
});

test('entries and their folder admit only the user, whatever the mask is', async () => {
  using cache = new CacheFolder();
  const before = process.umask(0);
  try {
    const entry = await cache.store();
    expect(statSync(entry).mode & 0o777).toBe(0o600);
    expect(statSync(cache.path).mode & 0o777).toBe(0o700);
  } finally {
    process.umask(before);
  }
});

/** Writes an entry of some bytes that was used last `age` seconds ago. */
function writeEntry(folder: string, digit: string, bytes: number, age: number): string {
  const name = digit.repeat(64);
  const time = Date.now() / 1_000 - age;
  writeFileSync(join(folder, name), new Uint8Array(bytes), { mode: 0o600 });
  utimesSync(join(folder, name), time, time);
  return name;
}

test('the entries that were not used for the longest time are removed above a number', async () => {
  using cache = new CacheFolder();
  const entry = await cache.store();
  writeEntry(cache.path, 'a', 10, 100);
  const kept = writeEntry(cache.path, 'b', 10, 50);
  const time = Date.now() / 1_000 - 200;
  utimesSync(entry, time, time);
  // It is used now.
  expect(await cache.find()).toBeDefined();
  await evictEntries(cache.path, { entries: 2, bytes: 1_000_000 });
  expect([...cache.names].sort()).toEqual([kept, entry.slice(cache.path.length + 1)].sort());
});

test('the oldest entries are removed above a number of bytes', async () => {
  using cache = new CacheFolder();
  await cache.store();
  const [first, second] = [
    writeEntry(cache.path, 'a', 4_000, 100),
    writeEntry(cache.path, 'b', 4_000, 50),
  ];
  await evictEntries(cache.path, { entries: 10, bytes: 9_500 });
  expect(cache.names).toEqual(expect.arrayContaining([first, second]));
  await evictEntries(cache.path, { entries: 10, bytes: 7_500 });
  expect(cache.names).toContain(second);
  expect(cache.names).not.toContain(first);
});

test('storing a module removes others above the limits', async () => {
  using cache = new CacheFolder();
  await cache.store();
  writeEntry(cache.path, 'a', 10, 100);
  writeEntry(cache.path, 'b', 10, 50);
  await cache.store({ limits: { entries: 2, bytes: 1_000_000 } });
  expect(cache.names).toHaveLength(2);
  expect(await cache.find()).toMatchObject(compiled);
});

test('a module beyond the limit of bytes is not stored, and removes nothing', async () => {
  using cache = new CacheFolder();
  await cache.store();
  const limits = { entries: 2, bytes: 2_000 };
  const module = new Uint8Array(2_000);
  await cache.open({ limits }).store({ quick: true }, policy, { ...compiled, module });
  expect(cache.names).toHaveLength(1);
});

test('files of others in the folder stay, and what a writer left is removed', async () => {
  using cache = new CacheFolder();
  const entry = await cache.store();
  const write = (name: string, age: number) => {
    writeFileSync(join(cache.path, name), '');
    const time = Date.now() / 1_000 - age;
    utimesSync(join(cache.path, name), time, time);
  };
  write('README', 1_000_000);
  write(`${'a'.repeat(64)}.left.tmp`, 120);
  write(`${'b'.repeat(64)}.written.tmp`, 0);
  await evictEntries(cache.path, { entries: 1, bytes: 1_000_000 });
  expect([...cache.names].sort()).toEqual(
    ['README', entry.slice(cache.path.length + 1), `${'b'.repeat(64)}.written.tmp`].sort(),
  );
});

// Entries that this user and this program did not write as they are: none is used, and each is written again.

import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  lchownSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { ModuleCache } from '@nhipol/cli/cache';
import { expect, onTestFinished, test, vi } from 'vitest';
import { CacheFolder, compiled, compiler, files, parts, sources } from './cache-harness.ts';

const isRoot = process.getuid?.() === 0;
const stranger = 65_534;

/** Replaces an entry with something that must not be used. */
type Attack = (entry: string, cache: CacheFolder) => void;

const attacks: readonly (readonly [string, Attack])[] = [
  ['that others may read', (entry) => chmodSync(entry, 0o644)],
  ['that its group may write', (entry) => chmodSync(entry, 0o660)],
  [
    'that is a symbolic link',
    (entry, { base }) => {
      renameSync(entry, join(base, 'elsewhere'));
      symlinkSync(join(base, 'elsewhere'), entry);
    },
  ],
  [
    'that is a link to nothing',
    (entry, { base }) => {
      rmSync(entry);
      symlinkSync(join(base, 'nothing'), entry);
    },
  ],
  [
    'that is a pipe',
    (entry) => {
      rmSync(entry);
      execFileSync('mkfifo', ['-m', '600', entry]);
    },
  ],
  ['that is empty', (entry, cache) => cache.change(entry, () => new Uint8Array())],
  [
    'without a header',
    (entry, cache) => cache.change(entry, (bytes) => bytes.subarray(0, bytes.indexOf('\n') + 1)),
  ],
  ['with more bytes', (entry, cache) => cache.change(entry, (b) => Buffer.concat([b, b]))],
];

test.each(attacks)('an entry %s is not used, and is written again', async (_, attack) => {
  using cache = new CacheFolder();
  attack(await cache.store(), cache);
  expect(await cache.find()).toBeUndefined();
  await cache.store();
  expect(await cache.find()).toMatchObject(compiled);
});

test.runIf(isRoot)('an entry of another user is not used, and is written again', async () => {
  using cache = new CacheFolder();
  const entry = await cache.store();
  chownSync(entry, stranger, stranger);
  expect(await cache.find()).toBeUndefined();
  await cache.store();
  expect(await cache.find()).toMatchObject(compiled);
  expect(statSync(entry).uid).toBe(0);
});

test('nothing of another user is used', async () => {
  using cache = new CacheFolder();
  const entry = await cache.store();
  const written = statSync(entry).mtimeMs;
  const spy = vi.spyOn(process as { getuid: () => number }, 'getuid').mockReturnValue(stranger);
  onTestFinished(() => spy.mockRestore());
  expect(await cache.find()).toBeUndefined();
  await cache.store();
  expect(statSync(entry).mtimeMs).toBe(written);
});

/** Makes something above the folder that another user could have made or change. */
const attacksAbove: readonly (readonly [string, (cache: CacheFolder) => void])[] = [
  ['in which others may write', ({ base }) => chmodSync(join(base, 'nhipol'), 0o777)],
  ['in which its group may write', ({ base }) => chmodSync(join(base, 'nhipol'), 0o770)],
  ['of another user', ({ base }) => chownSync(join(base, 'nhipol'), stranger, stranger)],
  [
    'that is a symbolic link of another user',
    ({ base }) => {
      renameSync(join(base, 'nhipol'), join(base, 'elsewhere'));
      symlinkSync(join(base, 'elsewhere'), join(base, 'nhipol'));
      lchownSync(join(base, 'nhipol'), stranger, stranger);
    },
  ],
];

test.each(attacksAbove.filter(([name]) => isRoot || !name.includes('another user')))(
  'a folder below one %s is not used, and no file there is removed',
  async (_, attack) => {
    using cache = new CacheFolder();
    const entry = await cache.store();
    attack(cache);
    expect(await cache.find()).toBeUndefined();
    rmSync(entry);
    const left = `${entry}.left-by-a-process.tmp`;
    writeFileSync(left, '');
    utimesSync(left, 0, 0);
    await cache.store();
    expect(cache.names).toEqual([basename(left)]);
  },
);

test('a folder that nobody can create is not used', async () => {
  const cache = new ModuleCache({ folder: '/proc/nhipol/modules', compiler });
  const text = sources.get('guard.nhipol') ?? '';
  await cache.store(parts, { entry: 'guard.nhipol', sources, files }, compiled);
  expect(await cache.find(parts, { entry: 'guard.nhipol', text }, async () => '')).toBeUndefined();
});

/** Replaces the folder with one that must not be used. */
const folderAttacks: readonly (readonly [string, (cache: CacheFolder) => void])[] = [
  ['that others may read', ({ path }) => chmodSync(path, 0o755)],
  ['that its group may write', ({ path }) => chmodSync(path, 0o770)],
  [
    'that is a symbolic link',
    ({ path, base }) => {
      renameSync(path, join(base, 'elsewhere'));
      symlinkSync(join(base, 'elsewhere'), path);
      if (isRoot) lchownSync(path, 0, 0);
    },
  ],
];

test.each(folderAttacks)(
  'a folder %s is not used, neither for reading nor for writing',
  async (_, attack) => {
    using cache = new CacheFolder();
    const entry = await cache.store();
    attack(cache);
    expect(await cache.find()).toBeUndefined();
    rmSync(entry);
    await cache.store();
    expect(cache.names).toEqual([]);
  },
);

test.runIf(isRoot)('a folder of another user is not used', async () => {
  using cache = new CacheFolder();
  const entry = await cache.store();
  chownSync(cache.path, stranger, stranger);
  expect(await cache.find()).toBeUndefined();
  rmSync(entry);
  await cache.store();
  expect(cache.names).toEqual([]);
});

test('an entry that ends early is not used, wherever it ends', async () => {
  using cache = new CacheFolder();
  const entry = await cache.store();
  const { size } = statSync(entry);
  const whole = join(cache.base, 'whole');
  copyFileSync(entry, whole);
  for (let length = 0; length < size; length += 1) {
    copyFileSync(whole, entry);
    cache.change(entry, (bytes) => bytes.subarray(0, length));
    expect([length, await cache.find()]).toEqual([length, undefined]);
  }
});

test('an entry with a changed byte is not used, whichever it is', async () => {
  using cache = new CacheFolder();
  const entry = await cache.store();
  const { size } = statSync(entry);
  for (let at = 0; at < size; at += 1) {
    const flip = (bytes: Buffer) => {
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      return bytes;
    };
    cache.change(entry, flip);
    expect([at, await cache.find()]).toEqual([at, undefined]);
    cache.change(entry, flip);
  }
  expect(await cache.find()).toMatchObject(compiled);
});

test('a second name of an own entry is used for nothing else', async () => {
  using cache = new CacheFolder();
  const entry = await cache.store();
  const other = await cache.store({ compiler: { version: '0.2.0', build: 'a' } });
  rmSync(other);
  linkSync(entry, other);
  expect(await cache.find({ compiler: { version: '0.2.0', build: 'a' } })).toBeUndefined();
});

test('a place where no folder can be fails nothing', async () => {
  using cache = new CacheFolder();
  mkdirSync(join(cache.base, 'nhipol'));
  writeFileSync(cache.path, '');
  await cache.store();
  expect(await cache.find()).toBeUndefined();
});

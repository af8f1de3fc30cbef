// The cache of the modules that tests compile.

import { existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { findTestCache } from './support/cache/folder.ts';
import { computeKey, ModuleCache } from './support/cache/modules.ts';
import { Folder } from './support/system/run-cli.ts';

const folder = new Folder();
const cache = new ModuleCache(join(folder.path, 'modules'));
afterEach(() => cache.shrink(0));

const module = new Uint8Array([0, 97, 115, 109]);
const [first, second, third] = ['1', '2', '3'].map(computeKey) as [string, string, string];

/** Stores an entry that was last used at this second. */
function storeEntry(key: string, seconds: number): void {
  cache.store(key, module);
  utimesSync(join(cache.folder, key), seconds, seconds);
}

test('an entry is read as it was stored, and no temporary file is left', () => {
  expect(cache.read(first)).toBeUndefined();
  cache.store(first, module);
  expect(cache.read(first)).toEqual(module);
  expect(readdirSync(cache.folder)).toEqual([first]);
});

test.each([
  ['empty', () => Buffer.alloc(0)],
  ['shorter', (entry: Buffer) => entry.subarray(0, -1)],
  ['another module', (entry: Buffer) => Buffer.concat([entry.subarray(0, -1), Buffer.from('x')])],
])('an entry is not used if its file is %s', (_, damage) => {
  cache.store(first, module);
  const path = join(cache.folder, first);
  writeFileSync(path, damage(readFileSync(path)));
  expect(cache.read(first)).toBeUndefined();
  cache.store(first, module);
  expect(cache.read(first)).toEqual(module);
});

test('the entries that were not used for the longest time are removed first', () => {
  storeEntry(first, 1);
  storeEntry(second, 2);
  storeEntry(third, 3);
  expect(cache.read(first)).toEqual(module);
  cache.shrink(2 * (32 + module.length));
  expect(readdirSync(cache.folder).sort()).toEqual([first, third].sort());
});

test('a file that a run left unfinished is removed after an hour', () => {
  cache.store(first, module);
  const unfinished = join(cache.folder, `${second}.0a0b`);
  writeFileSync(unfinished, 'half');
  cache.shrink(1000, Date.now() + 3_500_000);
  expect(existsSync(unfinished)).toBe(true);
  cache.shrink(1000, Date.now() + 3_700_000);
  expect(readdirSync(cache.folder)).toEqual([first]);
});

test('a folder that cannot be written stores nothing, and nothing fails', () => {
  cache.store(first, module);
  const inFile = new ModuleCache(join(cache.folder, first));
  inFile.store(second, module);
  inFile.shrink(0);
  expect(inFile.read(second)).toBeUndefined();
  expect(cache.read(first)).toEqual(module);
});

test('inputs that differ have different keys', () => {
  expect(computeKey([['a', 'b']])).not.toBe(computeKey([['a'], 'b']));
});

test('the folder is in the cache of the user, outside of `node_modules`', () => {
  expect(findTestCache({ XDG_CACHE_HOME: '/cache' })).toBe('/cache/nhipol-tests');
  expect(findTestCache({ XDG_CACHE_HOME: 'cache' })).toMatch(/^\/.*\/\.cache\/nhipol-tests$/);
  expect(findTestCache({ NHIPOL_TEST_CACHE: '/here', XDG_CACHE_HOME: '/cache' })).toBe('/here');
  expect(findTestCache({ NHIPOL_TEST_CACHE: 'here' })).toBe(join(process.cwd(), 'here'));
});

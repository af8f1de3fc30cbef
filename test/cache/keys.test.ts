// A cached module is used for the policy that it was compiled from, by the same compiler with the same options.

import { copyFileSync, truncateSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CacheFolder, compiled, compiler, files, parts, sources } from './cache-harness.ts';

test('a stored module is found with its sources, limits and warnings', async () => {
  using cache = new CacheFolder();
  expect(await cache.find()).toBeUndefined();
  await cache.store();
  expect(await cache.find()).toEqual({ ...compiled, entry: 'guard.nhipol', sources, files });
});

const changeSource = (path: string, text: unknown): ReadonlyMap<string, unknown> =>
  new Map<string, unknown>([...sources, [path, text]]);

test.each([
  ['the entry file', changeSource('guard.nhipol', 'use "other.nhipol"')],
  ['an imported file', changeSource('secrets.nhipol', 'group secrets { deny all }')],
  ['the list of files', changeSource('secrets.nhipol', 'use "more.nhipol"')],
  ['an imported file that was deleted', changeSource('secrets.nhipol', undefined)],
  [
    'an imported file that may not be read',
    changeSource('secrets.nhipol', { why: 'it is outside' }),
  ],
])('a module is not used after a change of %s', async (_, now) => {
  using cache = new CacheFolder();
  await cache.store();
  expect(await cache.find({}, now)).toBeUndefined();
  expect(await cache.find()).toMatchObject(compiled);
});

test('an imported file that changed back has its module again only if it was stored again', async () => {
  using cache = new CacheFolder();
  await cache.store();
  const other = new Map([...sources, ['secrets.nhipol', 'group secrets { deny all }']]);
  await cache.store({}, other);
  expect(await cache.find({}, other)).toMatchObject(compiled);
  expect(await cache.find()).toBeUndefined();
  expect(cache.names).toHaveLength(1);
});

const otherCompilers = [
  ['a later version', { ...compiler, version: '0.2.0' }],
  ['an earlier version', { ...compiler, version: '0.0.9' }],
  ['another build of the version', { ...compiler, build: 'b' }],
] as const;

test.each(otherCompilers)('%s of nhipol does not use a module', async (_, other) => {
  using cache = new CacheFolder();
  const own = await cache.store();
  expect(await cache.find({ compiler: other })).toBeUndefined();
  // Both stay, so that a rollback compiles nothing.
  const others = await cache.store({ compiler: other });
  expect(cache.names).toHaveLength(2);
  expect(await cache.find()).toMatchObject(compiled);
  // Under the name of the other one.
  copyFileSync(own, others);
  expect(await cache.find({ compiler: other })).toBeUndefined();
});

const otherParts = [
  { ...parts, sessions: false },
  { ...parts, possible: false },
  { ...parts, quick: true },
];

test.each(otherParts)('a module with other options is not used: %o', async (other) => {
  using cache = new CacheFolder();
  const own = await cache.store();
  const file = { entry: 'guard.nhipol', text: sources.get('guard.nhipol') ?? '' };
  const find = () => cache.open().find(other, file, async (path) => sources.get(path));
  expect(await find()).toBeUndefined();
  expect(await cache.open().mayHold(other, file)).toBe(false);
  await cache.open().store(other, { entry: 'guard.nhipol', sources, files }, compiled);
  expect(await find()).toMatchObject(compiled);
  const others = cache.names.find((name) => !own.endsWith(name)) ?? '';
  copyFileSync(own, `${cache.path}/${others}`);
  expect(await find()).toBeUndefined();
});

test('an option that is left out is off', async () => {
  using cache = new CacheFolder();
  await cache.store();
  const file = { entry: 'guard.nhipol', text: sources.get('guard.nhipol') ?? '' };
  expect(await cache.open().mayHold({ ...parts, quick: false }, file)).toBe(true);
});

test('whether there may be a module depends on the name of its file, not on its content', async () => {
  using cache = new CacheFolder();
  truncateSync(await cache.store());
  const file = { entry: 'guard.nhipol', text: sources.get('guard.nhipol') ?? '' };
  expect(await cache.open().mayHold(parts, file)).toBe(true);
  expect(await cache.find()).toBeUndefined();
});

test('the same text under another path has a module of its own', async () => {
  using cache = new CacheFolder();
  await cache.store();
  const file = { entry: 'other.nhipol', text: sources.get('guard.nhipol') ?? '' };
  const read = async (path: string) => sources.get(path);
  expect(await cache.open().find(parts, file, read)).toBeUndefined();
});

test('a policy with a file that could not be read is not stored', async () => {
  using cache = new CacheFolder();
  const policy = { entry: 'guard.nhipol', sources, files: [...files, 'missing.json'] };
  await cache.open().store(parts, policy, compiled);
  expect(cache.names).toEqual([]);
});

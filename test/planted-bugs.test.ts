// The planted bugs match the sources: each can still be planted, and the test that detected it still exists.
// `npm run planted-bugs` plants them.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bugs, floors } from '../scripts/planted/floors.mjs';
import { planted } from '../scripts/planted/plant.mjs';
import { tablePage } from '../scripts/planted/table.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const noticed: Readonly<Record<string, { readonly file: string; readonly test: string } | null>> =
  JSON.parse(read('scripts/planted/noticed.json'));

test.for(bugs)('$id replaces source that occurs once in $file', (bug) => {
  const text = read(bug.file);
  expect(planted(text, bug)).not.toBe(text);
});

test('a bug cannot be planted if its source is missing or occurs twice', () => {
  const bug = { id: 'off-by-one', file: 'a.ts', find: '<=', replace: '<' };
  expect(planted('a <= b', bug)).toBe('a < b');
  expect(() => planted('a < b', bug)).toThrow(
    'off-by-one: what it takes the place of stands not in',
  );
  expect(() => planted('a <= b <= c', bug)).toThrow('stands 2 times in a.ts');
});

test('bugs have distinct ids, and each floor has at least eight', () => {
  expect(new Set(bugs.map(({ id }) => id)).size).toBe(bugs.length);
  expect(floors.filter((floor) => floor.bugs.length < 8)).toEqual([]);
});

test('every bug was planted, and the file of the test that detected it exists', () => {
  expect(Object.keys(noticed)).toEqual(bugs.map(({ id }) => id));
  const missing = bugs.filter(({ id }) => !existsSync(`${root}${noticed[id]?.file}`));
  expect(missing.map(({ id }) => id)).toEqual([]);
});

test('test/planted-bugs.md is up to date', () => {
  expect(read('test/planted-bugs.md')).toBe(tablePage(floors, noticed));
});

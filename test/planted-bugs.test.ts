// Planted bugs keep up with the sources: each can still be planted, and the test that noticed it is still there.
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

test.for(bugs)('$id takes the place of a text that stands once in $file', (bug) => {
  const text = read(bug.file);
  expect(planted(text, bug)).not.toBe(text);
});

test('a text that stands nowhere, or twice, is none that a bug is planted in', () => {
  const bug = { id: 'off-by-one', file: 'a.ts', find: '<=', replace: '<' };
  expect(planted('a <= b', bug)).toBe('a < b');
  expect(() => planted('a < b', bug)).toThrow(
    'off-by-one: what it takes the place of stands not in',
  );
  expect(() => planted('a <= b <= c', bug)).toThrow('stands 2 times in a.ts');
});

test('ids tell bugs apart, and each floor has some', () => {
  expect(new Set(bugs.map(({ id }) => id)).size).toBe(bugs.length);
  expect(floors.filter((floor) => floor.bugs.length < 8)).toEqual([]);
});

test('all were planted, and what noticed them is there', () => {
  expect(Object.keys(noticed)).toEqual(bugs.map(({ id }) => id));
  const lost = bugs.filter(({ id }) => !existsSync(`${root}${noticed[id]?.file}`));
  expect(lost.map(({ id }) => id)).toEqual([]);
});

test('the page tells what was noticed', () => {
  expect(read('test/planted-bugs.md')).toBe(tablePage(floors, noticed));
});

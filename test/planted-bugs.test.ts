// Planted bugs match the sources: each can still be planted, and the test that detected it still exists.
// `npm run planted-bugs` plants them.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bugs, floors } from '../scripts/planted/floors.mjs';
import { plantBug } from '../scripts/planted/plant.mjs';
import { tablePage } from '../scripts/planted/table.mjs';
import { listErrorsOfBug, listUndeclaredNames } from './support/planted/undeclared-names.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const noticed: Readonly<Record<string, { readonly file: string; readonly test: string } | null>> =
  JSON.parse(read('scripts/planted/noticed.json'));

test.for(bugs)('the text that $id replaces occurs once in $file', (bug) => {
  const text = read(bug.file);
  expect(plantBug(text, bug)).not.toBe(text);
});

/** The modules' own files have other global names. */
const ofTypeScript = bugs.filter(({ file }) => /^(?!assembly\/).*\.tsx?$/.test(file));

test.for(ofTypeScript)('with $id, $file has only names that it declares', (bug) => {
  expect(listErrorsOfBug(bug, read(bug.file))).toEqual([]);
});

test('a name that is not declared, a private one, and wrong syntax are found', () => {
  expect(listUndeclaredNames('a.ts', 'const a = Math.max(b, 1);')).toEqual(['b']);
  expect(listUndeclaredNames('a.ts', 'class A { b() { this.#c(); } }')).toEqual(['#c']);
  expect(listUndeclaredNames('a.ts', 'else return;')).toContain('else');
});

test('a bug is not planted in a text that occurs never or twice', () => {
  const bug = { id: 'off-by-one', file: 'a.ts', find: '<=', replace: '<' };
  expect(plantBug('a <= b', bug)).toBe('a < b');
  expect(() => plantBug('a < b', bug)).toThrow('off-by-one: the text to replace occurs 0 times in');
  expect(() => plantBug('a <= b <= c', bug)).toThrow('occurs 2 times in a.ts');
});

test('ids are unique, and each area has bugs', () => {
  expect(new Set(bugs.map(({ id }) => id)).size).toBe(bugs.length);
  expect(floors.filter((floor) => floor.bugs.length < 8)).toEqual([]);
});

test('all bugs were planted, and the tests that detected them exist', () => {
  expect(Object.keys(noticed)).toEqual(bugs.map(({ id }) => id));
  const missing = bugs.filter(({ id }) => !existsSync(`${root}${noticed[id]?.file}`));
  expect(missing.map(({ id }) => id)).toEqual([]);
});

test('each bug names the tests that must detect it, and they exist', () => {
  expect(bugs.filter((bug) => !('by' in bug)).map(({ id }) => id)).toEqual([]);
  const named = bugs.flatMap((bug) => ('by' in bug ? bug.by : []));
  expect(named.filter((file) => !existsSync(`${root}${file}`))).toEqual([]);
});

test('the page shows the detecting tests', () => {
  expect(read('test/planted-bugs.md')).toBe(tablePage(floors, noticed));
});

// Planted faults in proofs match the sources, each is noticed, and the page shows the directions that notice it.
// `npm run planted-proofs` plants them.

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { plantBug } from '../../../scripts/planted/plant.mjs';
import { faults } from '../../../scripts/planted/proving.mjs';
import { provingPage } from '../../../scripts/planted/proving-table.mjs';
import { listErrorsOfBug } from '../../support/planted/undeclared-names.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const noticed: Readonly<Record<string, Readonly<Record<string, string>>>> = JSON.parse(
  read('scripts/planted/proving-noticed.json'),
);

test.for(faults)('the text that $id replaces occurs once in $file', (fault) => {
  const text = read(fault.file);
  expect(plantBug(text, fault)).not.toBe(text);
});

test.for(faults)('with $id, $file has only names that it declares', (fault) => {
  expect(listErrorsOfBug(fault, read(fault.file))).toEqual([]);
});

test('there are enough faults of each part', () => {
  expect(new Set(faults.map(({ id }) => id)).size).toBe(faults.length);
  const parts = [...new Set(faults.map(({ part }) => part))];
  const counts = parts.map((part) => faults.filter((each) => each.part === part).length);
  expect(Math.min(...counts)).toBeGreaterThanOrEqual(10);
});

test('all faults were planted and noticed', () => {
  expect(Object.keys(noticed)).toEqual(faults.map(({ id }) => id));
  const missed = Object.entries(noticed).filter(([, by]) => Object.keys(by).length === 0);
  expect(missed).toEqual([]);
});

test('the page shows the directions', () => {
  expect(read('test/proving/planted.md')).toBe(provingPage(faults, noticed));
});

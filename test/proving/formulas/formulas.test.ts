// Formulas, scripts of SMT-LIB, the solver and its certificates agree with the meaning of random conditions, and the
// checker accepts no step that does not follow.

import { expect, test } from 'vitest';
import { runs } from '../../support/budget.ts';
import { attack, changes } from './attacks.ts';
import { compareCertificates, compareMeaning, compareSolver } from './compare.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 1);

function seeds(count: number): readonly number[] {
  return Array.from(
    { length: runs(count, Math.ceil(count / 5)) },
    (_, index) => seed * 1_000_003 + index,
  );
}

test('nodes have the values of the conditions that they were made from', () => {
  expect(compareMeaning(seeds(150), false).wrong).toEqual([]);
});

test('scripts of SMT-LIB have the values of the conditions', () => {
  expect(compareMeaning(seeds(25), true).wrong).toEqual([]);
});

test('one solver answers several queries as enumeration does', () => {
  const { wrong, undecided, count } = compareSolver(seeds(40));
  expect(wrong).toEqual([]);
  expect(undecided).toBeLessThan(count / 20);
});

test('the checker accepts the refutations of hard formulas', () => {
  const { wrong, refuted, count } = compareCertificates(seeds(25));
  expect(wrong).toEqual([]);
  expect(refuted).toBeGreaterThan(count / 5);
  expect(refuted).toBeLessThan(count);
});

test('the checker accepts no changed certificate of what can be true', () => {
  const { wrong, count, steps } = attack(seeds(150));
  expect(wrong).toEqual([]);
  expect(count).toBeGreaterThan(Object.keys(changes).length);
  expect(steps).toBeGreaterThan(0);
});

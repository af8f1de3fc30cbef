// The formulas of tiny policies allow exactly the answers that all requests over their finite values have. Some of the
// policies by default, a sixth of them with NHIPOL_TIMES=1, and all of them with 6 or more.

import { createRandomNumbers } from '@nhipol/testing';
import { describe, expect, test } from 'vitest';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import { runs } from '../../support/budget.ts';
import { enumerate, enumeratePairs } from './enumerate.ts';
import { families } from './families.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 20_261_129);

describe.each(families)('$name', (family) => {
  test('have the answers that their formulas allow', { timeout: 120_000 }, () => {
    const { length } = family.policies;
    const step = Math.ceil(length / Math.min(length, runs(length / 6, 4)));
    const chosen = family.policies.filter((_, index) => index % step === seed % step);
    const found = enumerate(family, chosen);
    expect(found.differences).toEqual([]);
    expect(found.answers).toBeGreaterThanOrEqual(found.policies);
  });
});

describe.each(families.filter(({ conditions }) => conditions.length > 0))('$name', (family) => {
  test('have only possible answers with two conditions', { timeout: 120_000 }, () => {
    const { pick } = new Dice(createRandomNumbers(seed));
    const pairs = Array.from(
      { length: runs(2, 1) },
      () => [pick(family.conditions), pick(family.conditions)] as const,
    );
    const found = enumeratePairs(family, pairs);
    expect(found.differences).toEqual([]);
    expect(found.requests).toBeGreaterThan(0);
  });
});

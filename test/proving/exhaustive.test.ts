// The formulas of tiny policies allow exactly the answers that all requests over their finite values have. Some of the
// policies by default, all of them with NHIPOL_TIMES=6 or more.

import { random } from '@nhipol/testing';
import { describe, expect, test } from 'vitest';
import { Dice } from '../../assurance/testing/generate/random.ts';
import { enumerate, enumeratePairs } from './exhaustive/enumerate.ts';
import { families } from './exhaustive/families.ts';

const times = Number(process.env.NHIPOL_TIMES ?? 1);
const seed = Number(process.env.NHIPOL_SEED ?? 20_261_129);
const step = Math.max(1, Math.round(6 / times));

describe.each(families)('$name', (family) => {
  test('have the answers that their formulas allow', { timeout: 120_000 }, () => {
    const chosen = family.policies.filter((_, index) => index % step === seed % step);
    const found = enumerate(family, chosen);
    expect(found.differences).toEqual([]);
    expect(found.answers).toBeGreaterThanOrEqual(found.policies);
  });
});

describe.each(families.filter(({ conditions }) => conditions.length > 0))('$name', (family) => {
  test('have only possible answers with two conditions', { timeout: 120_000 }, () => {
    const { pick } = new Dice(random(seed));
    const pairs = Array.from(
      { length: 2 * times },
      () => [pick(family.conditions), pick(family.conditions)] as const,
    );
    const found = enumeratePairs(family, pairs);
    expect(found.differences).toEqual([]);
    expect(found.requests).toBeGreaterThan(0);
  });
});

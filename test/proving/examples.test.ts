// The formulas of the example policies agree with the evaluator, in both directions.

import { check } from '@nhipol/language';
import { describe, expect, test } from 'vitest';
import { runs } from '../support/budget.ts';
import { samples } from '../support/policies/samples.ts';
import { compareModels, compareRequests, compareSessions } from './agreement/compare.ts';

describe.each(samples)('$path', ({ path, sources }) => {
  const { policy } = check(path, sources);
  if (policy === undefined) throw new Error(`${path} has errors`);

  test('answers the requests of its models as they predict', { timeout: 120_000 }, () => {
    const { count, differences } = compareModels(policy, runs(2, 1), 1);
    expect(differences).toEqual([]);
    expect(count).toBeGreaterThan(2);
  });

  test('does with requests only what its formula allows', { timeout: 120_000 }, () => {
    const { count, differences } = compareRequests(policy, runs(100, 30), 1);
    expect(differences).toEqual([]);
    expect(count).toBeGreaterThan(2);
  });

  test('does in sessions only what its formula allows', { timeout: 120_000 }, () => {
    const { count, differences } = compareSessions(policy, runs(12, 4), 1);
    expect(differences).toEqual([]);
    expect(count).toBeGreaterThan(2);
  });
});

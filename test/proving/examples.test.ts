// The formulas of the example policies agree with the evaluator, in both directions.

import { check } from '@nhipol/language';
import { describe, expect, test } from 'vitest';
import { samples } from '../support/samples.ts';
import { compareModels, compareRequests, compareSessions } from './agreement/compare.ts';

const times = Number(process.env.NHIPOL_TIMES ?? 1);

describe.each(samples)('$path', ({ path, sources }) => {
  const { policy } = check(path, sources);
  if (policy === undefined) throw new Error(`${path} has errors`);

  test('answers the requests of its models as they predict', { timeout: 120_000 }, () => {
    const { count, differences } = compareModels(policy, 2 * times, 1);
    expect(differences).toEqual([]);
    expect(count).toBeGreaterThan(10);
  });

  test('does with requests only what its formula allows', { timeout: 120_000 }, () => {
    const { count, differences } = compareRequests(policy, 100 * times, 1);
    expect(differences).toEqual([]);
    expect(count).toBeGreaterThan(10);
  });

  test('does in sessions only what its formula allows', { timeout: 120_000 }, () => {
    const { count, differences } = compareSessions(policy, 12 * times, 1);
    expect(differences).toEqual([]);
    expect(count).toBeGreaterThan(2);
  });
});

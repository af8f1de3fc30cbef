// The formulas of generated policies, which contain every construct of the language, agree with the evaluator, in both
// directions. `npm run differential -- --proofs 1000` compares more of them.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { programs } from '../support/arbitraries/program-arbitrary.ts';
import { runs } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { compareModels, compareRequests, compareSessions } from './agreement/compare.ts';

const seed = Number(process.env.NHIPOL_SEED ?? 20_261_125);

const policies = fc
  .sample(programs, { numRuns: runs(6, 2), seed })
  .map(({ text, others }) => ({ text, policy: checkPolicy(text, others) }));

test('the evaluator answers the requests of models as they predict', { timeout: 600_000 }, () => {
  let count = 0;
  for (const { text, policy } of policies) {
    const compared = compareModels(policy, 1, seed);
    expect(compared.differences, text).toEqual([]);
    count += compared.count;
  }
  expect(count).toBeGreaterThan(policies.length);
});

test('the outcomes of the evaluator satisfy the formula', { timeout: 600_000 }, () => {
  let count = 0;
  for (const { text, policy } of policies) {
    const compared = compareRequests(policy, 25, seed);
    expect(compared.differences, text).toEqual([]);
    count += compared.count;
  }
  expect(count).toBeGreaterThan(policies.length);
});

test('the outcomes in sessions satisfy the formula', { timeout: 600_000 }, () => {
  let count = 0;
  for (const { text, policy } of policies) {
    const compared = compareSessions(policy, 5, seed);
    expect(compared.differences, text).toEqual([]);
    count += compared.count;
  }
  expect(count).toBeGreaterThan(policies.length);
});

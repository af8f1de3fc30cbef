// Verdicts on the invariants of small policies, and the agreement of their formulas with the evaluator.

import { createRandomNumbers } from '@nhipol/testing';
import { expect } from 'vitest';
import { prove } from '../../../assurance/proving/claims/prove.ts';
import { checkPolicy } from '../../support/checking.ts';
import { compareModels, compareRequests } from '../agreement/compare.ts';

/** The verdict on each invariant: `proved`, `refuted`, or the constructs for which it is not proved. */
export function listVerdicts(text: string): Readonly<Record<string, string>> {
  const verdicts = prove(checkPolicy(text), { effort: 20_000, random: createRandomNumbers(1) });
  const own = verdicts.filter(({ claim }) => claim.invariant !== undefined);
  return Object.fromEntries(
    own.map(({ claim, verdict }) => [
      claim.name,
      verdict.kind === 'undecided'
        ? [...new Set(verdict.because.map(({ construct }) => construct))].join(', ') || 'effort'
        : verdict.kind,
    ]),
  );
}

/** Compares the formula of a policy with the evaluator in both directions. */
export function expectAgreement(text: string): void {
  const policy = checkPolicy(text);
  const models = compareModels(policy, 4, 1);
  expect(models.differences).toEqual([]);
  expect(models.count).toBeGreaterThan(0);
  const requests = compareRequests(policy, 100, 1);
  expect(requests.differences).toEqual([]);
  expect(requests.count).toBeGreaterThan(0);
}

// The bounds of proofs: policies whose lists, formulas or searches are too large are decided within a bound, and what was
// too large is named.

import {
  compareDecisions,
  createRequestSet,
  decideRules,
  listMemberSets,
  proveSet,
} from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { listClaimSets } from '../../../assurance/proving/claims/claims.ts';
import { Budget, Excess } from '../../../assurance/proving/formula/budget.ts';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import { runs } from '../../support/budget.ts';
import { checkPolicy } from '../../support/checking.ts';
import { hardConditions, hardPolicy } from './hard-policy.ts';

const effort = 5_000;
/** Seconds of processor time for all claims about a policy by one prover: it takes a tenth of them on an idle machine. */
const maxSeconds = 60;

function measureSeconds(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}

test.each(Object.keys(hardConditions))(
  'claims about %s end within a bound',
  { timeout: 600_000 },
  (kind) => {
    const dice = new Dice(createRandomNumbers(1));
    for (let left = runs(1); left > 0; left -= 1) {
      const policy = checkPolicy(hardPolicy(kind, dice));
      for (const by of ['lists', 'lemmas'] as const) {
        const seconds = measureSeconds(() => {
          for (const set of listClaimSets(policy, { effort, by, random: createRandomNumbers(1) }))
            for (const { verdict } of proveSet(set).verdicts)
              expect(['proved', 'refuted', 'undecided']).toContain(verdict.kind);
        });
        expect(seconds).toBeLessThan(maxSeconds);
      }
    }
  },
);

const { maps = [], nested = [] } = hardConditions;
const tooLarge = checkPolicy(
  hardPolicy('maps', new Dice(createRandomNumbers(1)), [...maps, ...nested]),
);

test('where a formula is too large, its claims have names and are not proved', {
  timeout: 120_000,
}, () => {
  const options = { effort, random: createRandomNumbers(1), by: 'lists' } as const;
  const sets = listClaimSets(tooLarge, options);
  const verdicts = sets.flatMap((set) => proveSet(set).verdicts);
  expect(verdicts.map(({ claim }) => claim.name)).toEqual(['k', 'missing data restricts']);
  for (const { verdict } of verdicts)
    expect(verdict).toMatchObject({ kind: 'undecided', because: [{ construct: 'large formula' }] });
  expect(sets.map(({ prover }) => prover.excess)).toEqual([expect.any(Excess), expect.any(Excess)]);
});

test('where a formula is too large, nothing about rules, members and versions is proved', {
  timeout: 120_000,
}, () => {
  const options = { effort, random: createRandomNumbers(1), by: 'lists' } as const;
  expect(decideRules(tooLarge, options).unreachable).toEqual([]);
  const kinds = compareDecisions(tooLarge, tooLarge, options).map(({ verdict }) => verdict.kind);
  expect(new Set(kinds)).toEqual(new Set(['undecided']));
  for (const set of listMemberSets(tooLarge, options))
    for (const { verdict } of proveSet(set).verdicts) expect(verdict.kind).not.toBe('proved');
});

test('the same policy gives the same verdicts', { timeout: 120_000 }, () => {
  const policy = checkPolicy(hardPolicy('sums', new Dice(createRandomNumbers(2))));
  const decide = () =>
    proveSet(createRequestSet(policy, { effort, random: createRandomNumbers(1) })).verdicts.map(
      ({ verdict }) => ({
        kind: verdict.kind,
        conflicts: verdict.conflicts,
      }),
    );
  expect(decide()).toEqual(decide());
});

test('a search ends where its steps are used up, and the next claim has its own', () => {
  const budget = new Budget(effort);
  const { left } = budget;
  budget.search(left);
  expect(() => budget.search(1)).toThrow(Excess);
  budget.startClaim();
  expect(budget.left).toBe(left);
});

// Proofs about the difference of two policies never contradict requests, and a policy is equivalent to itself.

import { applyFixes, check } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { compareDecisions } from '@nhipol/proving';
import { strictness } from '@nhipol/runtime/abi';
import { createRandomNumbers } from '@nhipol/testing';
import { MutationTrial, operators as mutationOperators } from '@nhipol/testing/mutation';
import { describe, expect, test } from 'vitest';
import { differenceKinds } from '../../assurance/proving/claims/compare.ts';
import { explore } from '../../assurance/testing/explore/explore.ts';
import { runs } from '../support/budget.ts';
import { checkPolicy } from '../support/checking.ts';
import { samples } from '../support/policies/samples.ts';

function compareVerdicts(before: PolicyModel, after: PolicyModel): ReadonlyMap<string, string> {
  const found = compareDecisions(before, after, { effort: 5_000, random: createRandomNumbers(1) });
  return new Map(found.map(({ kind, verdict }) => [kind, verdict.kind]));
}

const names = ['support-agent', 'api-key', 'ci-deploy', 'break-glass', 'data-agent'];

describe.each(names)('mutants of %s', (name) => {
  const sample = samples.find(({ path }) => path === `examples/${name}/policy.nhipol`);
  if (sample === undefined) throw new Error(`no ${name}`);
  const { path, sources } = sample;
  const { policy } = check(path, sources);
  if (policy === undefined) throw new Error(`${path} has errors`);

  test('the policy is equivalent to itself', () => {
    const verdicts = compareVerdicts(policy, policy);
    expect([...verdicts.values()]).toEqual(differenceKinds.map(() => 'proved'));
  });

  test('differ as proofs and requests say', { timeout: 120_000 }, () => {
    const trial = new MutationTrial(path, sources, policy, { samples: 10, seed: 1 });
    const mutants = trial.mutants(mutationOperators);
    const step = Math.ceil(mutants.length / runs(6, 3));
    let decided = 0;
    for (const { edits, does } of mutants.filter((_, index) => index % step === 0)) {
      const fixed = applyFixes([{ title: does, edits }], (file) => sources.get(file));
      const mutated = check(path, new Map([...sources, ...fixed.texts])).policy;
      if (mutated === undefined) continue;
      const verdicts = compareVerdicts(policy, mutated);
      expect([...verdicts.values()], does).not.toContain('undecided');
      decided += 1;
      for (const { answers } of explore([policy, mutated], { samples: 100, seed: 1 })) {
        const [before, after] = answers;
        if (before === undefined || after === undefined) continue;
        if (before.error !== undefined || after.error !== undefined) continue;
        const change = strictness(after.effect) - strictness(before.effect);
        if (change < 0) expect(verdicts.get('looser'), does).toBe('refuted');
        if (change > 0) expect(verdicts.get('stricter'), does).toBe('refuted');
        if (change === 0 && before.reasons.join() !== after.reasons.join())
          expect(verdicts.get('reasons'), does).toBe('refuted');
      }
    }
    expect(decided).toBeGreaterThan(0);
  });
});

const start = `policy acme.keys
subject agent { team?: String, scopes: Set<String> = {} }
context { time: Timestamp, level?: Int(0..10) }
constraint max_rows: Int smallest wins
for agent {
  permit ok when subject.team is "a" or "read" in subject.scopes
`;

test.each([
  [
    'a rule in two parts',
    'deny high when context.level > 5',
    'deny high when context.level > 7\n  deny high when context.level > 5 and context.level <= 7',
  ],
  [
    'a range in other words',
    'deny high when context.level > 9',
    'deny high when context.level is 10',
  ],
  [
    'a set in other words',
    'deny few when "read" not in subject.scopes',
    'deny few when not any s in subject.scopes satisfies s is "read"',
  ],
  [
    'two narrows as one',
    'narrow n to { max_rows: 5 }\n  narrow n to { max_rows: 3 }',
    'narrow n to { max_rows: 3 }',
  ],
])('proves equivalent: %s', (_, before, after) => {
  const verdicts = compareVerdicts(
    checkPolicy(`${start}  ${before}\n}`),
    checkPolicy(`${start}  ${after}\n}`),
  );
  expect([...verdicts.values()]).toEqual(differenceKinds.map(() => 'proved'));
});

test.each([
  ['constraints', 'narrow n to { max_rows: 5 }', 'narrow n to { max_rows: 6 }'],
  ['reasons', 'deny high when context.level > 5', 'deny higher when context.level > 5'],
  ['looser', 'deny high when context.level > 5', 'deny high when context.level > 6'],
  ['stricter', 'deny high when context.level > 5', 'deny high when context.level > 4'],
])('refutes equivalence: %s', (kind, before, after) => {
  const verdicts = compareVerdicts(
    checkPolicy(`${start}  ${before}\n}`),
    checkPolicy(`${start}  ${after}\n}`),
  );
  expect(verdicts.get(kind)).toBe('refuted');
});

// The tests of one example detect each of its mutants. `npm run mutate` tests all examples, which takes
// minutes.

import { checkPolicyFiles } from '@nhipol/cli';
import { type MutantOutcome, MutationTrial, operators } from '@nhipol/testing/mutation';
import { expect, test } from 'vitest';

test('no mutant of agent-trifecta survives', async () => {
  const path = 'examples/agent-trifecta/policy.nhipol';
  const { entry, sources, policy } = await checkPolicyFiles(path);
  if (policy === undefined) throw new Error(`${path} has errors`);
  const trial = new MutationTrial(entry, sources, policy, { samples: 100, seed: 1 });
  const mutants = trial.mutants(operators);
  expect(mutants.length).toBeGreaterThan(90);
  const outcomes = mutants.map((mutant) => ({ mutant, outcome: trial.try(mutant) }));
  const listMutants = (kind: MutantOutcome['kind']) =>
    outcomes
      .filter(({ outcome }) => outcome.kind === kind)
      .map(({ mutant }) => `${mutant.position.line}: ${mutant.does}`);
  expect([...listMutants('survived'), ...listMutants('undecided')]).toEqual([]);
  // In a session, history is never unknown.
  expect(listMutants('equivalent')).toEqual(
    [34, 38, 46, 83].map((line) => `${line}: \`, if unknown skip\` is added`),
  );
});

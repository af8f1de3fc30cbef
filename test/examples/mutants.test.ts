// The tests of one example notice each mistake that is made in it. Those of all examples are tried by
// `npm run mutate`, which takes minutes.

import { expect, test } from 'vitest';
import { checkFiles } from '../../cli/files.ts';
import { operators } from '../../testing/mutate/operators/index.ts';
import { MutationTrial } from '../../testing/mutate/trial.ts';

test('nobody lives in the trifecta', async () => {
  const path = 'examples/agent-trifecta/policy.nhipol';
  const { entry, sources, policy } = await checkFiles(path);
  if (policy === undefined) throw new Error(`${path} has errors`);
  const trial = new MutationTrial(entry, sources, policy, { samples: 100, seed: 1 });
  const mutants = trial.mutants(operators);
  expect(mutants.length).toBeGreaterThan(90);
  const living = mutants
    .map((mutant) => ({ mutant, outcome: trial.try(mutant) }))
    .filter(({ outcome }) => outcome.kind !== 'killed');
  // History is unknown without a session alone, and every test of this policy has one.
  expect(
    living.map(({ mutant, outcome }) => `${mutant.position.line}: ${mutant.does}: ${outcome.kind}`),
  ).toEqual([34, 38, 46, 83].map((line) => `${line}: \`, if unknown skip\` is added: undecided`));
});

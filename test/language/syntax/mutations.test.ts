// One mistake, one message: tokens of the example policies are deleted, doubled, swapped and misspelled, and each
// mutant is reported at or next to the mistake, in few messages. Mutants that are valid policies are skipped.

import { expect, test } from 'vitest';
import { fault, mutants } from '../../support/arbitraries/mutations.ts';
import { samples } from '../../support/policies/samples.ts';

test('reports a single mistake in each of 200 policies at its place, in few messages', () => {
  const { broken, valid } = mutants(samples, 200, 1);
  const faults = broken.flatMap((mutant) => {
    const why = fault(mutant);
    return why === undefined ? [] : [`${why}: ${mutant.kind} \`${mutant.was}\` in ${mutant.path}`];
  });
  expect(faults).toEqual([]);
  expect(broken).toHaveLength(200);
  expect(valid).toBeLessThan(20);
  const messages = broken.reduce((sum, { diagnostics }) => sum + diagnostics.length, 0);
  expect(messages / broken.length).toBeLessThan(1.1);
});

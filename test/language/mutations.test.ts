// One mistake, one message: tokens of the example policies are deleted, doubled, swapped and misspelt, and
// what is said of each is said at the mistake or beside it, in few words. Mutants that are policies of
// their own are passed over.

import { expect, test } from 'vitest';
import { fault, mutants } from '../support/mutations.ts';
import { samples } from '../support/samples.ts';

test('200 policies with a mistake in each', () => {
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

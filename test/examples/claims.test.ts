// The invariants of the examples and templates, including the built-in ones, are not refuted: a permit on missing data
// is stated explicitly.

import { verify } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { runs } from '../support/budget.ts';
import { examples, templates } from '../support/policies/examples.ts';

test.for([...examples, ...templates])('no invariant of $path is refuted', ({ path }) => {
  const policy = loadPolicy(path).policy ?? expect.fail(path);
  const { claims } = verify(policy, { samples: runs(1000) });
  const refuted = claims.filter(({ counterexample }) => counterexample !== undefined);
  expect(refuted.map(({ name }) => name)).toEqual([]);
});

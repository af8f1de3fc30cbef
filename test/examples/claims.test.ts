// Nothing that is claimed of the examples is refuted, and what they let through where a fact is missing is
// what their rules say aloud.

import { expect, test } from 'vitest';
import { verify } from '../../testing/verify/verify.ts';
import { loadPolicy } from '../scenarios/load-policy.ts';
import { runs } from '../support/budget.ts';
import { examples, templates } from '../support/examples.ts';

test.for([...examples, ...templates])('$path', ({ path }) => {
  const policy = loadPolicy(path).policy ?? expect.fail(path);
  const { claims } = verify(policy, { samples: runs(1000) });
  const refuted = claims.filter(({ counterexample }) => counterexample !== undefined);
  expect(refuted.map(({ name }) => name)).toEqual([]);
});

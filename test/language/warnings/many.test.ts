// Counts the work for many rules: equal conditions are analyzed once, and the work for each condition does not depend
// on the number of others.

import { check, Reasoning } from '@nhipol/language';
import { expect, test, vi } from 'vitest';
import { type Large, largePolicy } from '../../support/policies/large-policy.ts';

/** The number of assumptions that the analysis makes. */
function countWork(large: Large): number {
  const assume = vi.spyOn(Reasoning.prototype, 'assume');
  try {
    const text = largePolicy(large);
    const { policy } = check('p.nhipol', new Map([['p.nhipol', text]]));
    expect(policy?.rules).toHaveLength(large.rules);
    return assume.mock.calls.length;
  } finally {
    assume.mockRestore();
  }
}

test.each([true, false])('analyzes equal conditions once (grouped: %s)', (grouped) => {
  const few = countWork({ rules: 960, grouped, constants: 'few' });
  const many = countWork({ rules: 1_920, grouped, constants: 'few' });
  expect(few).toBeGreaterThan(0);
  expect(many).toBe(few);
});

test.each([true, false])('twice as many rules take twice the work (grouped: %s)', (grouped) => {
  const few = countWork({ rules: 400, grouped, constants: 'own' });
  const many = countWork({ rules: 800, grouped, constants: 'own' });
  expect(many / few).toBeLessThan(2.2);
  expect(many).toBeLessThan(800 * 40);
});

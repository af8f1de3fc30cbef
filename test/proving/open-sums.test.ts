// Sums whose elements a condition leaves out: what holds for each element holds for those that count only. The formula by
// lemmas must allow what the evaluator computes, also where tests of claims would find a counterexample before it is used.

import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { compareRequests } from './agreement/compare.ts';
import { listVerdicts } from './constructs/verdicts.ts';

const writePolicy = (sum: string) => `policy p
subject ai_agent {}
action "order.place" { items: List<{ quantity: Int(1..9), gift: Bool }> }
for ai_agent doing "order.place" {
  permit places when size(action.items) > 2 and ${sum} < 3
}
invariant "nothing is permitted" for ai_agent
  effect is deny
`;

test('a sum is at least the number of its elements, if each is at least 1', () => {
  const text = writePolicy('sum(item.quantity for item in action.items)');
  expect(listVerdicts(text)).toEqual({ 'nothing is permitted': 'proved' });
});

test('elements that a condition leaves out do not count', () => {
  const text = writePolicy('sum(item.quantity for item in action.items where item.gift)');
  expect(listVerdicts(text)).toEqual({ 'nothing is permitted': 'refuted' });
  const { count, differences } = compareRequests(checkPolicy(text), 80, 1, 'lemmas');
  expect(differences).toEqual([]);
  expect(count).toBeGreaterThan(20);
});

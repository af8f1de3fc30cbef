// Sums whose elements a condition leaves out: what holds for each element holds for those that count only. The formula by
// lemmas must allow what the evaluator computes, also where tests of claims would find a counterexample before it is used.

import { random } from '@nhipol/testing';
import { expect, test } from 'vitest';
import { prove } from '../../assurance/proving/claims/prove.ts';
import { checkPolicy } from '../support/checking.ts';
import { compareRequests } from './agreement/compare.ts';

const checkSum = (sum: string) =>
  checkPolicy(`policy p
subject ai_agent {}
action "order.place" { items: List<{ quantity: Int(1..9), gift: Bool }> }
for ai_agent doing "order.place" {
  permit places when size(action.items) > 2 and ${sum} < 3
}
invariant "nothing is permitted" for ai_agent
  effect is deny
`);
const decide = (sum: string) => {
  const [decided] = prove(checkSum(sum), { effort: 20_000, random: random(1) });
  return decided?.verdict.kind;
};
const partial = 'sum(item.quantity for item in action.items where item.gift)';

test('a sum is at least the number of its elements, if each is at least 1', () => {
  expect(decide('sum(item.quantity for item in action.items)')).toBe('proved');
});

test('elements that a condition leaves out do not count', () => {
  expect(decide(partial)).toBe('refuted');
  const { count, differences } = compareRequests(checkSum(partial), 80, 1, 'lemmas');
  expect(differences).toEqual([]);
  expect(count).toBeGreaterThan(20);
});

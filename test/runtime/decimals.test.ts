// Decimals between JavaScript and a compiled policy: a number has its shortest decimal form, a bigint is an
// integer, and answers keep all digits.

import { compile } from '@nhipol/compiler';
import { load, stringify } from '@nhipol/runtime';
import { expect, test } from 'vitest';
import { checkPolicy } from '../support/checking.ts';
import { assemble } from '../support/modules/assembler.ts';

const { wasm } = await compile(
  checkPolicy(`policy p
action any { amount?: Decimal, score?: Int(0..100) }
constraint amount: Decimal smallest wins
for any {
  permit ok otherwise
  narrow known_amount when known(action.amount) to { amount: action.amount }
  deny high when action.score > 50, if unknown skip because "{action.amount}"
}`),
  assemble,
);
const policy = load(wasm);

function decide(amount: unknown) {
  return policy.decide({
    subject: { type: 'a', id: 'b' },
    action: { name: 'c', properties: { amount } },
    resource: { type: 'd', id: 'e' },
  });
}

test.each([
  [0.1 + 0.2, '0.3'],
  [0.1, '0.1'],
  [1e-7, '0'],
  [1.5e-6, '0.000002'],
  [12_500n, '12500'],
  [-0, '0'],
  [9_223_372_036_854n, '9223372036854'],
])('converts %s to the Decimal %s', (amount, digits) => {
  expect(stringify(decide(amount).constraints)).toBe(`{"amount":${digits}}`);
});

test('a number beyond 64 bits is unknown, and one that JavaScript rounded is rejected', () => {
  expect(decide(9_223_372_036_855n).effect).toBe('permit');
  expect(decide(2 ** 60).error).toMatchObject({ found: 'an integer beyond 2^53' });
  expect(decide('1.5').error).toMatchObject({ expected: 'a number (Decimal)' });
});

test('an answer has a number, or the digits if there are too many for one', () => {
  expect(decide(12.5).constraints).toEqual({ amount: 12.5 });
  const text = `{"subject":{"type":"a","id":"b"},"action":{"name":"c","properties":{"amount":3074457345618.258602}},"resource":{"type":"d","id":"e"}}`;
  const { constraints } = policy.decideJson(text);
  expect(`${constraints.amount}`).toBe('3074457345618.258602');
  expect(stringify(constraints)).toBe('{"amount":3074457345618.258602}');
});

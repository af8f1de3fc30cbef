// Products and quotients are exact where one operand is a constant or has few values, and bounded elsewhere.

import { expect, test } from 'vitest';
import { expectAgreement, listVerdicts } from './verdicts.ts';

const policy = (rules: string, invariants: string) => `policy acme.products
action pay { amount: Decimal(0..1_000), copies: Int(1..10), rows: Int(0..1_000), pages: Int(1..1_000) }
context { time: Timestamp, wait?: Duration }
for any doing pay { permit ok otherwise
${rules} }
${invariants}`;

const invariant = (name: string, claim: string) =>
  `invariant "${name}" for any doing pay\n  ${claim}\n`;

test('a product of Decimals by a constant is rounded half to even', () => {
  const text = policy(
    'deny fee when action.amount * 0.015 > 10, if unknown skip',
    invariant('above', 'action.amount >= 666.666_8 implies effect is deny') +
      invariant('below', 'action.amount <= 666.666_6 implies effect is permit') +
      invariant('tie', 'action.amount is 666.666_7 implies effect is deny') +
      invariant('never', 'effect is permit'),
  );
  // 666.6667 * 0.015 = 10.0000005, a tie, which is rounded to 10.
  expect(listVerdicts(text)).toEqual({
    above: 'proved',
    below: 'proved',
    tie: 'refuted',
    never: 'refuted',
  });
  expectAgreement(text);
});

test('quotients by a constant are truncated or rounded', () => {
  const text = policy(
    `deny pages when action.rows / 7 > 3
     deny negative when (action.rows - 500) / -7 is 1
     deny share when action.amount / 3 is 0.333_333`,
    invariant('pages', 'action.rows >= 28 implies effect is deny') +
      invariant('fewer', 'action.rows >= 27 implies effect is deny') +
      invariant('share', 'action.amount is 1 implies effect is deny'),
  );
  expect(listVerdicts(text)).toEqual({ pages: 'proved', fewer: 'refuted', share: 'proved' });
  expectAgreement(text);
});

test('a factor with few values is split into these', () => {
  const text = policy(
    'deny total when action.amount * action.copies > 2_000, if unknown skip',
    invariant('one copy', 'action.copies is 1 implies effect is permit') +
      invariant('two copies', 'action.copies <= 2 implies effect is permit') +
      invariant('three copies', 'action.copies <= 3 implies effect is permit'),
  );
  expect(listVerdicts(text)).toEqual({
    'one copy': 'proved',
    'two copies': 'proved',
    'three copies': 'refuted',
  });
  expectAgreement(text);
});

test('products of two numbers are within the bounds of their ranges', () => {
  const text = policy(
    `deny total when action.rows * action.pages > 5_000, if unknown skip
     deny slow when context.wait / action.pages > 1s, if unknown skip`,
    invariant('few rows', 'action.rows <= 5 implies "total" not in reasons') +
      invariant('many rows', 'action.rows > 5_000 implies "total" in reasons') +
      invariant('a few', 'action.rows <= 10 implies "total" not in reasons') +
      invariant(
        'squares',
        'action.rows <= 70 and action.pages <= 70 implies "total" not in reasons',
      ) +
      invariant('no wait', 'context.wait is missing implies "slow" not in reasons'),
  );
  expect(listVerdicts(text)).toEqual({
    'few rows': 'proved',
    'many rows': 'proved',
    'a few': 'refuted',
    squares: 'products',
    'no wait': 'proved',
  });
  expectAgreement(text);
});

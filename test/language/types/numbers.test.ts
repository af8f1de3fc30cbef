// Decimals and ranged numbers in policies: literals, bounds, constants out of range, and comparisons whose
// result is known before any request.

import { expect, test } from 'vitest';
import { checkPolicy, checkText } from '../../support/checking.ts';
import { items } from '../../support/parsing.ts';

const decimal = (millionths: bigint) => ({ kind: 'Decimal', millionths });
const int = (value: bigint) => ({ kind: 'Int', value });

test.each([
  ['12.50', decimal(12_500_000n)],
  ['1_000.5', decimal(1_000_500_000n)],
  ['0.000_001', decimal(1n)],
  ['-0.5', decimal(-500_000n)],
  ['-0.0', decimal(0n)],
  ['9223372036854.775807', decimal(2n ** 63n - 1n)],
  ['-9223372036854.775808', decimal(-(2n ** 63n))],
  ['- -1.5', { kind: 'Unary', operator: '-', operand: decimal(-1_500_000n) }],
])('parses the literal %s', (text, value) => {
  expect(items(`const x = ${text}`)).toMatchObject([{ value }]);
});

test.each([
  ['Int(0..100)', int(0n), int(100n)],
  ['Int(-5..-1)', int(-5n), int(-1n)],
  ['Int(1..)', int(1n), undefined],
  ['Int(..1)', undefined, int(1n)],
  ['Decimal(0.5..1.5)', decimal(500_000n), decimal(1_500_000n)],
  ['Int(0 .. 1)', int(0n), int(1n)],
])('parses the type %s', (text, min, max) => {
  const [record] = items(`record r { a?: ${text} }`) as [
    { type: { members: [{ type: { range: unknown } }] } },
  ];
  expect(record.type.members[0].type.range).toEqual({
    kind: 'Range',
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
  });
});

function listErrors(declarations: string, rules = 'permit ok otherwise'): readonly string[] {
  return checkText(`policy p\n${declarations}\nfor any { ${rules} }`).found;
}

test.each([
  ['Int(100..0)', 'bad-range «(100..0)» this is a range that ends before it begins'],
  ['Int(..)', 'bad-range «(..)» this is a range without bounds'],
  ['Int(0.5..1)', 'bad-range «(0.5..1)» this is a bound that is not of type Int'],
  [
    'Decimal(0..9223372036855)',
    'bad-range «(0..9223372036855)» this is a bound that is not of type Decimal',
  ],
  [
    'Duration(0..1)',
    'bad-range «(0..1)» this is a range of `Duration`; only `Int` and `Decimal` have one',
  ],
  ['Int(0..5m)', 'bad-number «5m» `5m` is not a valid number'],
])('rejects the range of %s', (type, expected) => {
  expect(listErrors(`context { a?: ${type} }`)).toEqual([expected]);
});

test.each([
  ['context { a: Int(0..9) = 10 }', 'permit ok otherwise', '10', 'Int(0..9)'],
  [
    'context { a: Set<Int(0..9)> = { 1, 10 } }',
    'permit ok otherwise',
    '{ 1, 10 }',
    'Set<Int(0..9)>',
  ],
  ['context { a: Decimal(0..1) = 1.000001 }', 'permit ok otherwise', '1.000001', 'Decimal(0..1)'],
  ['table t: String -> Int(1..) { "a": 0 }', 'permit ok otherwise', '0', 'Int(1..)'],
  ['table t: Int(..1) -> Bool { 2: true }', 'permit ok otherwise', '2', 'Int(..1)'],
  [
    'constraint rows: Int(1..100) smallest wins',
    'permit ok otherwise narrow n to { rows: 0 }',
    '0',
    'Int(1..100)',
  ],
])('reports a value out of range in %s, %s', (declarations, rules, at, type) => {
  expect(listErrors(declarations, rules)).toEqual([
    `out-of-range «${at}» this value is outside the range of \`${type}\``,
  ]);
});

test('checks the ranges of a table in a file', () => {
  const policy =
    'policy p\ntable t: Int(0..9) -> Decimal(0..1) from "t.json"\nfor any { permit ok otherwise }';
  const errors = (json: string) => checkText(policy, { 't.json': json }).found;
  expect(errors('{ "1": 0.5, "9": 1e0 }')).toEqual([]);
  expect(errors('{ "10": 0.5 }')).toEqual([
    'bad-table «"t.json"» `t.json`: $: expected a key that is an integer in 0..9 (Int), found "10"',
  ]);
  expect(errors('{ "1": 1.5 }')).toEqual([
    'bad-table «"t.json"» `t.json`: $["1"]: expected a number in 0..1 (Decimal), found an invalid value',
  ]);
});

const numbers = `context {
  score?: Int(0..100), step?: Int(-5..5), plain?: Int, price?: Decimal, share?: Decimal(0..1)
  marks?: Set<Int(0..9)>, codes?: Set<Int>, names?: Set<String>, wait?: Duration, list?: List<Int(0..9)>, at?: Timestamp, time: Timestamp
}
table sizes: String -> Int { "a": 3, "b": 8 }
table sets: String -> Set<String> { "a": { "x" }, "b": {} }`;

test.each([
  ['context.score >= 0', 'true', '`0..100` and `0`'],
  ['context.score > 100', 'false', '`0..100` and `100`'],
  ['100 < context.score', 'false', '`100` and `0..100`'],
  ['context.score is 101', 'false', '`0..100` and `101`'],
  ['context.score is not 101', 'true', '`0..100` and `101`'],
  ['context.score + context.step > 105', 'false', '`-5..105` and `105`'],
  ['context.score - context.step < -5', 'false', '`-5..105` and `-5`'],
  ['context.score * context.step <= 500', 'true', '`-500..500` and `500`'],
  ['context.score / 7 < 15', 'true', '`0..14` and `15`'],
  ['-context.score > 0', 'false', '`-100..0` and `0`'],
  ['context.score / context.step < 101', 'true', '`-100..100` and `101`'],
  ['(if context.score > 5 then context.score else -1) < -1', 'false', '`-1..100` and `-1`'],
  ['(context.score else 200) <= 200', 'true', '`0..200` and `200`'],
  ['context.share <= 1', 'true', '`0..1` and `1`'],
  ['context.share * 0.5 > 0.5', 'false', '`0..0.5` and `0.5`'],
  ['context.share / 3 > 0.333333', 'false', '`0..0.333333` and `0.333333`'],
  ['decimal(context.score) > 100.5', 'false', '`0..100` and `100.5`'],
  ['size(context.names) < 0', 'false', '`0..2147483647` and `0`'],
  ['sizes[subject.id] > 8', 'false', '`3..8` and `8`'],
  ['size(sets[subject.id]) > 1', 'false', '`0..1` and `1`'],
  ['any x in context.list satisfies x < 10', 'true', '`0..9` and `10`'],
])('warns that %s is always %s', (condition, result, ranges) => {
  const { diagnostics } = checkText(
    `policy p\n${numbers}\nfor any { permit ok when ${condition} }`,
  );
  // Only some of the rows use the tables.
  const [diagnostic, second] = diagnostics.filter(({ code }) => code !== 'unused');
  expect(second).toBeUndefined();
  expect(diagnostic).toMatchObject({
    severity: 'warning',
    code: 'decided-comparison',
    message: `the comparison is always ${result} if its operands are known: ${ranges}`,
  });
});

test.each([
  'context.score > 99',
  'context.score <= 0',
  'context.score >= 100',
  'context.score < 1',
  'context.score is 100',
  '9_223_372_036_854_775_807 * context.price in { 0.5 }',
  'context.plain > 100',
  'context.plain + context.score > 100',
  'context.price > 0.5',
  'context.wait > 0s',
  'context.time >= context.at',
  'context.time - context.at >= 0s',
  '1 < 2',
  'size({ "a" }) > 5',
  'any x in context.list satisfies x < 9',
  'any x in (context.marks union context.codes) satisfies x < 10',
  'any x in (context.marks else context.codes) satisfies x < 10',
  'any x in (if context.plain is 1 then context.marks else context.codes) satisfies x < 10',
  'any x in { context.score, context.plain } satisfies x <= 100',
])('does not report %s', (condition) => {
  expect(listErrors(numbers, `permit ok when ${condition}`)).toEqual([]);
});

test('a policy with a warning is valid', () => {
  expect(
    checkPolicy(`policy p\n${numbers}\nfor any { deny d when context.score > 100 }`).rules,
  ).toHaveLength(1);
});

test.each([
  ['context.price > context.plain', 'context.plain'],
  ['context.plain is 2.5', '2.5'],
  ['context.plain + 2.5 > 1', 'context.plain + 2.5'],
  ['context.plain in { 1.5 }', '1.5'],
  ['(if true then context.plain else 1.5) > 1', '1.5'],
])('%s: only a literal is converted to Decimal', (condition, at) => {
  const text = `policy p\n${numbers}\nfor any { permit ok when ${condition} }`;
  const [diagnostic, second] = checkText(text).diagnostics;
  expect(second).toBeUndefined();
  expect(text.slice(diagnostic?.span.start, diagnostic?.span.end)).toBe(at);
  expect(diagnostic?.help).toMatch(/`decimal\(…\)`/);
});

test('a member with different ranges is not declared alike', () => {
  const policy = (other: string) =>
    `policy p\nsubject a { n?: Set<Int(0..9)> }\nsubject b { n?: Set<${other}> }\nfor a, b { deny d when 1 in subject.n }`;
  expect(checkText(policy('Int(0..9)')).found).toEqual([]);
  expect(checkText(policy('Int(0..8)')).found.join()).toContain('differing-member');
  expect(checkText(policy('Int')).found.join()).toContain('differing-member');
});

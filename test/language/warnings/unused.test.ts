// Names that are declared, imported or bound but not used.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const permit = 'for any { permit a otherwise }';

function listWarnings(
  text: string,
  others: Readonly<Record<string, string>> = {},
): readonly string[] {
  const { found, warned } = checkText(`policy p\n${text}`, others);
  expect(found).toEqual([]);
  return warned.filter((each) => each.startsWith('unused'));
}

test.each([
  [`const c = 5\n${permit}`, '«c» the constant `c` is never used'],
  [`enum E { a, b }\n${permit}`, '«E» the enum `E` is never used'],
  [`record R { a?: Int }\n${permit}`, '«R» the record `R` is never used'],
  [`table t: String -> Int { "a": 1 }\n${permit}`, '«t» the table `t` is never looked up'],
  [`external table t: String -> Int\n${permit}`, '«t» the table `t` is never looked up'],
  [`window w = 09:00..17:00 in "UTC"\n${permit}`, '«w» the window `w` is never used'],
  [`predicate q(a: Int) = a > 5\n${permit}`, '«q» the predicate `q` is never called'],
  [`function f(a: Int): Int = a + 5\n${permit}`, '«f» the function `f` is never called'],
  [`context { n?: Int }\nlet l = context.n\n${permit}`, '«l» the `let` `l` is never used'],
  [
    `constraint c: Int smallest wins\n${permit}`,
    '«c» the constraint `c` is not set by any `narrow`',
  ],
  [
    `obligation step_up { acr_value: String }\n${permit}`,
    '«step_up» the obligation `step_up` is not used by any rule',
  ],
  [
    'context { n?: Int }\nfor any { let l = context.n\npermit a otherwise }',
    '«l» the `let` `l` is never used',
  ],
  [
    'context { n?: Int }\nfor any { given g = context.n { let l = g\npermit a when g > 5 } }',
    '«l» the `let` `l` is never used',
  ],
  ['for any { permit a otherwise where w = 5 }', '«w» the `let` `w` is never used'],
  [
    `use nhi.{ RiskLevel, Risk }\ncontext { time: Timestamp, risk?: Risk }\n${permit}`,
    '«RiskLevel» the name `RiskLevel` is imported but not used',
  ],
  // Expectations of tests and invariants neither set constraints nor require obligations.
  [
    `constraint c: Int smallest wins\n${permit}\ninvariant "i" for any constraints.c is missing`,
    '«c» the constraint `c` is not set by any `narrow`',
  ],
])('warns of the unused name in %s', (text, warning) => {
  expect(listWarnings(text)).toEqual([`unused ${warning}`]);
});

test.each([
  'const c = 5\nconst d = c + 1\ncontext { n?: Int }\nfor any { permit a when context.n > d }',
  'const c = 5m\ncontext { time: Timestamp, r?: { observed_at?: Timestamp, n?: Int } fresh c }\nfor any { permit a when context.r.n > 5 }',
  'const c = 5\ncontext { n: Int(0..10) = c }\nfor any { permit a otherwise }',
  'enum E { a, b }\ncontext { e?: E }\nfor any { permit p when context.e is a }',
  'enum E { a, b }\nconst c = E.a\ncontext { e?: E }\nfor any { permit p when context.e is c }',
  'record R { a?: Int }\ncontext { r?: List<R> }\nfor any { permit a otherwise }',
  'table t: String -> Int { "a": 1 }\nfor any { permit a when known(t[subject.id]) }',
  'context { time: Timestamp }\nwindow w = 09:00..17:00 in "UTC"\nfor any { permit a when context.time in w }',
  'context { n?: Int }\nlet l = context.n\nfor any { permit a when l > 5 }',
  'context { n?: Int }\nfor any { let l = context.n\npermit a otherwise with tell { to: "a", body: "b" }\ndeny d when size({ 1 }) > 1 because "{l}" }\nobligation tell: notification { to: String, body: String }',
  'constraint c: Int smallest wins\nfor any { permit a otherwise\nscore s { x counts 1 when subject.id is "a"\nfrom 1 narrow to { c: 5 } } }',
  'for any { permit a when w > 4 where w = 5 }',
  'for any { permit a when w > 4 where v = 5, w = v }',
  // Declared members of requests are documentation.
  'subject any { name?: String }\naction b { n?: Int }\nresource c { n?: Int }\ncontext { n?: Int }\nfor any { permit a otherwise }',
])('does not warn of %s', (text) => {
  expect(listWarnings(text)).toEqual([]);
});

test('does not warn of names in imported files without rules', () => {
  const words = 'const c = 5\nconst d = 6\nenum E { a, b }';
  const uses = 'context { n?: Int }\nfor any { permit a when context.n > c }';
  expect(listWarnings(`use { c } from "words.nhipol"\n${uses}`, { 'words.nhipol': words })).toEqual(
    [],
  );
  expect(listWarnings(`use "words.nhipol"\n${uses}`, { 'words.nhipol': words })).toEqual([]);
});

test('warns of names in an imported file with rules', () => {
  const rules = 'const c = 5\nfor any { deny d when subject.id is "a" }';
  expect(listWarnings(`use "rules.nhipol"\n${permit}`, { 'rules.nhipol': rules })).toEqual([
    'unused «c» the constant `c` is never used',
  ]);
  expect(
    listWarnings(
      'use "rules.nhipol"\ncontext { n?: Int }\nfor any { permit a when context.n > c }',
      {
        'rules.nhipol': rules,
      },
    ),
  ).toEqual([]);
});

test('a name that another file imports is used', () => {
  const others = { 'middle.nhipol': 'use nhi.{ RiskLevel }', 'other.nhipol': 'use nhi.{ Risk }' };
  const text = `use { RiskLevel } from "middle.nhipol"\ncontext { level?: RiskLevel }\n${permit}`;
  expect(listWarnings(text, others)).toEqual([]);
  expect(listWarnings(`use "other.nhipol"\n${permit}`, others)).toEqual([
    'unused «Risk» the name `Risk` is imported but not used',
  ]);
});

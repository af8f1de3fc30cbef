// Each mutation operator on an example: all of its mutants.

import { readFileSync } from 'node:fs';
import { applyFixes, Reporter } from '@nhipol/language';
import { parse } from '@nhipol/language/syntax';
import { operators } from '@nhipol/testing/mutation';
import { expect, test } from 'vitest';
import { createMutants } from '../../../assurance/testing/mutate/mutants.ts';

/** A source, and for each mutant the replacement of the part between `[` and `]`. */
const rows: readonly (readonly [operator: string, text: string, instead: readonly string[]])[] = [
  ['effect', 'for a { [deny] x when c }', ['challenge', 'revoke']],
  ['effect', 'for a { [revoke] x when c }', ['deny']],
  ['effect', 'for a { [challenge] x when c }', ['deny']],
  ['effect', 'for a { permit x when c[] narrow y when c to { n: 1 } }', []],
  [
    'effect',
    'for a { score s { w counts 1 when c from 1 [deny] from 2 narrow to { n: 1 } } }',
    ['challenge', 'revoke'],
  ],
  ['rule', 'for a { deny x when [c is 1] because "no" }', ['false', 'true']],
  ['rule', 'for a { permit x[ otherwise] }', [' when false']],
  ['rule', 'for a { deny x[] because "no" }', [' when false']],
  ['rule', 'for a { score s { w counts 1 when [c] from 1 deny } }', ['false']],
  ['group-condition', 'for a [when c is 1 ]{ deny x }', [' ']],
  ['skip', 'for a { deny x when c[, if unknown skip] }', ['']],
  ['skip', 'for a { deny x when c[] because "no" }', [', if unknown skip']],
  ['skip', 'for a { permit x when c[] }', []],
  ['unless', 'for a { narrow x when c to { n: 1 } [or deny unless d is 1 ]}', [' ']],
  ['scope', 'for [a, b] { deny x }', ['b', 'a']],
  ['scope', 'for a[ doing "r w", q] { deny x }', [' doing q', ' doing "r w"', '']],
  ['scope', 'for a[ on f] { deny x }', ['']],
  ['scope', 'let x = once(allowed[ doing r] where c)', ['']],
  ['setting', 'for a { narrow x to { [n: 1, m: 2] } }', ['m: 2', 'n: 1']],
  ['setting', 'for a { deny x with t { [n: 1, m: 2] } }', ['m: 2', 'n: 1']],
  ['obligation', 'for a { deny x with [t { n: 1 }, u] because "no" }', ['u', 't { n: 1 }']],
  ['obligation', 'for a { deny x [with t { n: 1 }] because "no" }', ['']],
  [
    'band',
    'for a { score s { w counts 1 when c [from 1 deny from 2 revoke] } }',
    [' from 2 revoke', 'from 1 deny '],
  ],
  ['comparison', 'let x = a [<] b', ['<=', '>=']],
  ['comparison', 'let x = a [<=] b', ['<', '>']],
  ['comparison', 'let x = a [>] b', ['>=', '<=']],
  ['comparison', 'let x = a [>=] b', ['>', '<']],
  ['comparison', 'let x = (a) [is] (b)', ['is not']],
  ['comparison', 'let x = a [is not] b', ['is']],
  ['comparison', 'let x = a [==] b', ['is not']],
  ['comparison', 'let x = a [in] b', ['not in']],
  ['comparison', 'let x = a [not within] b', ['within']],
  ['comparison', 'let x = a [matches] glob"b"', ['not matches']],
  ['comparison', 'let x = a [not matches] glob"b"', ['matches']],
  ['comparison', 'let x = a [matches] regex"b"', ['not matches', 'contains']],
  ['comparison', 'let x = a [not contains] regex"b"', ['contains', 'not matches']],
  ['connective', 'let x = a [and] b', ['or']],
  ['connective', 'let x = a [or] b', ['and']],
  ['connective', 'let x = a [implies] b', ['and']],
  ['operand', 'let x = [a and b or c]', ['a and b', 'b or c', 'a or c', 'c']],
  ['operand', 'let x = [(a or b) and c]', ['c', '(a or b)', '(b) and c', '(a) and c']],
  ['operand', 'let x = [a and b and c]', ['b and c', 'a and c', 'a and b']],
  ['operand', 'let x = a[ else b]', ['']],
  ['operand', 'let x = a[ minus b]', ['']],
  ['negation', 'let x = [not ]a', ['']],
  ['negation', 'let x = [(not (b is 1))]', ['((b is 1))']],
  ['negation', 'for a { deny x when [c.d] }', ['not (c.d)']],
  ['negation', 'for a { deny x when [c starts_with "d"] }', ['not (c starts_with "d")']],
  ['negation', 'for a { deny x when c is 1[] }', []],
  ['negation', 'predicate p(c: Bool) = [c]', ['not (c)']],
  ['quantifier', 'let x = [any] e in c satisfies e.f', ['all']],
  ['quantifier', 'let x = ([all] e in c satisfies e.f)', ['any']],
  [
    'quantifier',
    'let x = [any e in c, d] satisfies e.f',
    ['all e in c, d', 'any e in d', 'any e in c'],
  ],
  ['aggregate', 'let x = [min](e for e in c)', ['max']],
  ['aggregate', 'let x = [max](e for e in c)', ['min']],
  ['aggregate', 'let x = sum(e for e in c[ where e.f])', ['']],
  ['presence', 'let x = a is [present]', ['missing']],
  ['presence', 'let x = a is [missing]', ['present']],
  ['latest', 'let x = [latest(a.b)] is c', ['a.b']],
  ['arithmetic', 'let x = a [+] b', ['-']],
  ['arithmetic', 'let x = a [/] b', ['*']],
  ['arithmetic', 'let x = a [union] b', ['intersect']],
  ['boolean', 'subject a { m: Bool = [false] }', ['true']],
  ['number', 'const x = [30]', ['31', '29']],
  ['number', 'const x = [10_000]', ['10_001', '9_999']],
  ['number', 'const x = [2.50]', ['2.51', '2.49']],
  [
    'number',
    'for a { score s { w counts [1 when c from 2] deny } }',
    ['2 when c from 2', '0 when c from 2', '1 when c from 3', '1 when c from 1'],
  ],
  ['number', 'subject a { m?: Int(0..9) }[]', []],
  ['duration', 'const x = [5m]', ['6m', '4m']],
  ['duration', 'const x = [1h]', ['2h', '59m']],
  [
    'duration',
    'window w = [09:00..17:00] in "UTC"',
    ['10:00..17:00', '08:00..17:00', '09:00..18:00', '09:00..16:00'],
  ],
  ['instant', 'const x = [2026-03-01T00:00:00Z]', ['2026-03-01T00:00:01Z', '2026-02-28T23:59:59Z']],
  ['symbol', 'enum E { low < mid < high } let x = a >= [mid]', ['high', 'low']],
  ['symbol', 'enum E { low, mid, high, else [high] }', ['mid']],
  ['text', 'for a { deny x with t { to: ["ops"] } }', ['"opsx"']],
  ['text', 'let x = a starts_with ["ops"]', ['"op"']],
  ['text', 'let x = a ends_with ["ops"]', ['"ps"']],
  ['element', 'const x = { [a, "b", c] }', ['"b", c', 'a, c', 'a, "b"']],
  ['element', 'table t: String -> Int { ["a": 1, "b": 2] }', ['"b": 2', '"a": 1']],
  ['network', 'const x = { [10.20.0.0/16] }', ['10.20.0.0/15', '10.20.0.0/17']],
  ['network', 'const x = { [0.0.0.0/0] }', ['0.0.0.0/1']],
  [
    'pattern',
    'let x = a matches glob["*.b.**"]',
    ['"**.b.**"', '"*.b.**" ignoring case', '"*.b.*"'],
  ],
  ['pattern', 'let x = a matches glob"b" separated by "."[ ignoring case]', ['']],
  ['fresh', 'context { r?: R[ fresh 5m] }', ['']],
  [
    'weekday',
    'window w = [Mon..Fri] 09:00..17:00 in "UTC"',
    ['Tue..Fri', 'Sun..Fri', 'Mon..Sat', 'Mon..Thu'],
  ],
  ['weekday', 'window w = last [Sun] 09:00..17:00 in "UTC"', ['Mon', 'Sat']],
  [
    'season',
    'window w = during [18 Dec..4 Jan] in "UTC"',
    ['17 Dec..4 Jan', '19 Dec..4 Jan', '18 Dec..3 Jan', '18 Dec..5 Jan'],
  ],
  ['season', 'window w = during [29 Feb] in "UTC"', ['28 Feb', '1 Mar']],
  ['season', 'window w = during [1 Jan] in "UTC"', ['31 Dec', '2 Jan']],
  [
    'season',
    'window w = during [1 Jan, 1 May] in "UTC"',
    ['1 May', '1 Jan', '31 Dec, 1 May', '2 Jan, 1 May', '1 Jan, 30 Apr', '1 Jan, 2 May'],
  ],
  ['exception', 'window w = 09:00..17:00 in "UTC"[ except 2026-12-25]', ['']],
  [
    'exception',
    'window w = 09:00..17:00 in "UTC" except [2026-12-25, 2027-01-01..2027-01-03]',
    ['2027-01-01..2027-01-03', '2026-12-25'],
  ],
  [
    'hours',
    'window w = Mon [08:00..12:00, 13:00..17:00] in "UTC"',
    ['13:00..17:00', '08:00..12:00'],
  ],
  ['hours', 'window w = [Mon, Wed] 08:00..12:00 in "UTC"', ['Wed', 'Mon']],
  ['zone', 'window w = 09:00..17:00 in ["Europe/Berlin"]', ['"UTC"']],
  ['events', 'let x = once([allowed] doing r)', ['decided', 'refused']],
  ['events', 'let x = once([signal "s"])', []],
  ['event-condition', 'let x = once(allowed[ where event.a is 1])', ['']],
  ['event-condition', 'let x = once(allowed[ per resource.id up to 16])', ['']],
  [
    'event-condition',
    'let x = once(allowed[ across sessions per subject.id up to 16], within 1d)',
    [''],
  ],
  ['event-condition', 'let x = once(allowed[ where event.a is b up to 16])', ['']],
  [
    'event-condition',
    'let x = once(allowed[ where event.a is b across sessions up to 16], within 1d)',
    ['', ' where event.a is b'],
  ],
  ['within', 'let x = once(allowed[, within 10m])', ['']],
  ['since', 'let x = [since(signal "a", signal "b")] and c', ['once(signal "a")']],
  ['merge', 'constraint n: Int [smallest] wins', ['largest']],
  ['merge', 'constraint n: Int [largest] wins', ['smallest']],
  ['merge', 'constraint n: Set<Int> [intersects]', []],
  ['lower', 'constraint n: Int limits action.n[ or lower]', ['']],
  ['lower', 'constraint n: Int limits action.n[]', []],
];

test.for(rows)('the operator %s mutates %s', ([name, marked, instead]) => {
  const [, before = '', , after = ''] = /^([^[]*)\[(.*?)\]([^\]]*)$/s.exec(marked) ?? [];
  const text = marked.replace(/[[\]]/g, '');
  const chosen = operators.filter((operator) => operator.name === name);
  const expected = instead.map((each) => before + each + after);
  expect([...mutateText(text, chosen)].sort()).toEqual(expected.sort());
});

function mutateText(text: string, chosen: typeof operators): readonly string[] {
  const reporter = new Reporter();
  const file = { path: 'p', text, node: parse('p', text, reporter) };
  expect(reporter.diagnostics).toEqual([]);
  return createMutants([file], [file], chosen).map(({ edits, does }) => {
    expect(does).not.toBe('');
    return applyFixes([{ title: does, edits }], () => text).texts.get('p') ?? '';
  });
}

test('each operator has an example', () => {
  expect([...new Set(rows.map(([name]) => name))].sort()).toEqual(
    operators.map(({ name }) => name).sort(),
  );
});

test('invariants, descriptions of rules, and versions are not mutated', () => {
  const text = `policy p version "1.0.0"
    for a { permit x because "{a.b + 1} of 2" covers NHI1:2025 }
    invariant "i" for a a.b < 3 implies effect >= deny
    test "t" { request { "subject": { "n": 1 } } with { subject.n = 2 } expect deny }`;
  expect(mutateText(text, operators).map((each) => each.split('\n')[1])).toEqual([
    '    for a { permit x when false because "{a.b + 1} of 2" covers NHI1:2025 }',
  ]);
});

test('the guide lists the operators with their descriptions', () => {
  const page = readFileSync(new URL('../../../docs/testing.md', import.meta.url), 'utf8');
  const rows = operators.map(({ name, doc }) => `| \`${name}\` | ${doc} |\n`).join('');
  expect(page).toContain(`|---|---|\n${rows}\n`);
});

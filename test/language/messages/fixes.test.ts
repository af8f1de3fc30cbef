// Fixes: each removes its diagnostic, causes no other error, and writes the expected source.

import { applyFixes, check, type DiagnosticCode, type Fix, messages } from '@nhipol/language';
import { expect, test } from 'vitest';
import { entry } from '../../support/checking.ts';

interface Found {
  /** The codes of errors. */
  readonly codes: readonly string[];
  readonly fixes: readonly Fix[];
}

function look(text: string): Found {
  const { diagnostics } = check(entry, new Map([[entry, text]]));
  const codes = diagnostics
    .filter(({ severity, code }) => severity === 'error' && code !== 'missing-policy')
    .map(({ code }) => code);
  return { codes, fixes: diagnostics.flatMap(({ fix }) => fix ?? []) };
}

/** Applies fixes as `--fix` does, until none is left; fails after a few rounds. */
function fixAll(text: string): string {
  let current = text;
  for (let round = 0; round < 5; round += 1) {
    const { texts } = applyFixes(look(current).fixes, () => current);
    if (texts.size === 0) return current;
    current = texts.get(entry) ?? current;
  }
  throw new Error(`fixes do not terminate: ${text}`);
}

const fixable = (Object.keys(messages) as DiagnosticCode[]).filter(
  (code) => look(messages[code].avoid).fixes.length > 0,
);

test('the examples of these codes have a fix', () => {
  expect(fixable.sort()).toEqual([
    'always-fires',
    'bad-address',
    'bad-call-digest',
    'bad-default',
    'bad-element',
    'bad-escape',
    'bad-number',
    'bad-time',
    'bad-weekday',
    'call-needs-name',
    'capital-letters',
    'completed-only',
    'control-character',
    'decided-condition',
    'empty-range',
    'foreign-placeholder',
    'foreign-word',
    'hidden-character',
    'is-not-present',
    'latest-in-permit',
    'misplaced-pair',
    'misplaced-pattern',
    'never-false',
    'not-normalized',
    'pattern-in-string',
    'pattern-operand',
    'quoted-glob',
    'undeclared-time',
    'unknown-action',
    'unknown-function',
    'unknown-import',
    'unknown-resource',
    'unknown-signal',
    'unknown-type',
    'unknown-vocabulary',
    'used-twice',
    'whole-string-words',
  ]);
});

test.each(fixable)('the fix of %s corrects its example', (code) => {
  expect(look(fixAll(messages[code].avoid)).codes).toEqual([]);
});

const rule = (condition: string) => `policy p\nfor any { permit ok when ${condition} }`;
const context = (members: string, condition: string) =>
  `policy p\ncontext { ${members} }\nfor any { permit ok when ${condition} }`;
const level = 'enum Level { low < high }\n';
const risk = 'time: Timestamp, risk?: { level?: Int, observed_at?: Timestamp } fresh 5m';
const vocabulary = (head: string) =>
  `policy p\n${head}context { risk?: RiskLevel }\nfor any { permit ok otherwise }`;

test.each<readonly [string, string, string]>([
  [
    'a misspelled action in quotes',
    'policy p\naction fs_write {}\nfor any doing "fs_wriet" { deny a }',
    'doing "fs_write"',
  ],
  [
    'a misspelled resource type',
    'policy p\nresource file {}\nfor any on fiel { deny a }',
    'on file {',
  ],
  ['a misspelled member', context('level?: Int', 'context.levl > 5'), '.level > 5'],
  ['a misspelled member of every request', rule('action.nmae is "a"'), 'action.name is'],
  ['a misspelled keyword', 'policy p\nfor any { permt ok otherwise }', '{ permit ok'],
  ['a misspelled enum member', `${level}${rule('Level.hihg > Level.low')}`, 'Level.high >'],
  [
    'a misspelled name in a message',
    context('a?: Int', 'context.a > 1 because "{contxt.a}"'),
    '"{context.a}"',
  ],
  [
    'a season in words',
    'policy p\ncontext { time: Timestamp }\nwindow w = during 18 December to January 4 in "UTC"\nfor any { permit ok when context.time in w }',
    'during 18 Dec..4 Jan in "UTC"',
  ],
  ['two commas', rule('1 in { 1 2 3 }'), '{ 1, 2, 3 }'],
  ['a member in quotes', context('"a-b"?: Int', 'context."a-bb" > 1'), 'context."a-b" >'],
  [
    'a misspelled enum member in quotes',
    `${level}${context('a?: Level', 'context.a is "hihg"')}`,
    'is high',
  ],
  [
    'an Int among Decimals',
    context('a?: Int, b?: Decimal', 'context.a > context.b'),
    'decimal(context.a) >',
  ],
  ['signs of other languages', rule('!(1 > 2) && 3 > 2 || 1 > 2'), 'when not (1 > 2) and 3 > 2 or'],
  ['a semicolon', 'policy p;\nfor any { permit ok otherwise }', 'policy p\n'],
  [
    '`is not` with a pattern',
    rule('action.name is not glob"a"'),
    'action.name not matches glob"a"',
  ],
  ['a call of a member, with an argument', rule('{ 1 }.size() > 0'), 'when size({ 1 }) > 0'],
  ['`ignoring case`', rule('action.name matches regex"a" ignoring case'), 'matches regex"(?i)a" }'],
  [
    'a needless clause',
    'policy p\nfor any { permit ok otherwise\ndeny no otherwise }',
    'deny no  }',
  ],
  ['another needless clause', rule('true, if unknown skip'), 'when true }'],
  ['a name of the vocabulary', vocabulary(''), 'policy p\nuse nhi.{ RiskLevel }\n'],
  [
    'another name of the vocabulary',
    vocabulary('use nhi.{ Risk }\n'),
    'use nhi.{ Risk, RiskLevel }\n',
  ],
  [
    'a name of the vocabulary in a file without `policy`',
    vocabulary('').replace('policy p\n', ''),
    'use nhi.{ RiskLevel }\ncontext',
  ],
  [
    'a name used twice',
    'policy p\nuse nhi.{ Risk, Risk }\nfor any { permit ok otherwise }',
    '{ Risk }',
  ],
  [
    'a stale value in a message',
    context(risk, 'true').replace(
      'permit ok when true',
      'permit ok otherwise deny no when context.risk.level > 5 because "{context.risk.level}"',
    ),
    '{latest(context.risk.level)}',
  ],
  [
    'a setting that is repeated',
    'policy p\nconstraint n: Int smallest wins\nfor any { permit ok otherwise narrow x to { n: 5, n: 5 } }',
    '{ n: 5 }',
  ],
  ['a lone brace', 'policy p\nfor any { permit ok otherwise because "a } b" }', '"a }} b"'],
  [
    'a city without its continent',
    context('time: Timestamp', 'weekday(context.time, "Berlin") is Mon'),
    '"Europe/Berlin"',
  ],
])('fixes %s', (_, text, expected) => {
  const fixed = fixAll(text);
  expect(fixed).not.toBe(text);
  expect(fixed).toContain(expected);
  expect(look(fixed).codes).toEqual([]);
});

test.each<readonly [string, string]>([
  ['a short name', context('a?: Bool', 'context.b')],
  ['a name that is similar to two others', context('left?: Bool, lift?: Bool', 'context.loft')],
  ['an escape with too few digits', 'policy p\nconst a = "\\u12"\nfor any { permit ok otherwise }'],
  [
    'a setting with another value',
    'policy p\nconstraint n: Int smallest wins\nfor any { permit ok otherwise narrow x to { n: 5, n: 6 } }',
  ],
  ['a permit of everything', 'policy p\nfor any { permit ok }'],
])('offers no fix for %s', (_, text) => {
  expect(look(text).codes).toHaveLength(1);
  expect(look(text).fixes).toEqual([]);
});

test('an error in a predicate has no fix at the call', () => {
  const text = `policy p\ncontext { ${risk} }\npredicate stale() = latest(context.risk.level) > 5\nfor any { permit ok when stale() }`;
  expect(look(text)).toEqual({ codes: ['latest-in-permit'], fixes: [] });
});

test('overlapping fixes are not applied together, and each is applied completely or not at all', () => {
  const edit = (start: number, end: number, text: string) => ({
    span: { file: 'a', start, end },
    text,
  });
  const fixes = [
    { title: 'first', edits: [edit(0, 1, 'A'), edit(4, 5, 'E')] },
    { title: 'meets the first', edits: [edit(2, 3, 'C'), edit(5, 5, '!')] },
    {
      title: 'of another file',
      edits: [{ ...edit(0, 1, 'X'), span: { file: 'b', start: 0, end: 1 } }],
    },
    { title: 'last', edits: [edit(2, 3, 'c')] },
  ];
  const { texts, applied } = applyFixes(fixes, (file) => (file === 'a' ? 'abCdef' : undefined));
  expect([...texts]).toEqual([['a', 'AbcdEf']]);
  expect(applied).toBe(2);
});

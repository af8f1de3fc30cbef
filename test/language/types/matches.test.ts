// `matches` in a policy: how it is parsed, and where an error in a pattern is underlined.

import { expect, test } from 'vitest';
import { checkText } from '../../support/checking.ts';

const declarations = `policy p
context { a?: String, b?: Bool, id?: SpiffeId, list: List<String> = [] }
`;

function listErrors(condition: string): readonly string[] {
  return checkText(`${declarations}for any { permit ok when ${condition} }`).found;
}

test.each([
  'context.a matches glob"/workspace/**"',
  'context.a not matches glob"*.example" separated by "." ignoring case',
  'not context.a matches regex"[a-z]+" and context.b',
  'context.a matches regex"\\"\\\\"',
  'context.a matches regex"\\p{Greek}" implies context.b is (context.a matches glob"x")',
  'any name in context.list satisfies name matches glob"a*"',
  'context.id matches spiffe"spiffe://a.example/*"',
  '("a" matches regex"a") and length("matches") is 7',
  'if context.b then context.a matches glob"a" else context.a matches glob"b" separated by ":"',
])('accepts %s', (condition) => {
  expect(listErrors(condition)).toEqual([]);
});

test('the words of `matches` are names elsewhere', () => {
  const text = `policy p
context { matches?: String, separated?: Bool, ignoring?: Bool, glob?: Int, regex?: Int }
for any {
  let case = context.matches
  let separated = context.separated
  permit ok when case matches glob"a" and separated
  score s {
    separated counts 1 when case matches glob"b"
    ignoring counts 1 when case matches glob"c" ignoring case
    case counts 1 when context.regex is 1
    from 1 deny
  }
}`;
  expect(checkText(text).found).toEqual([]);
});

test.each([
  ['context.a matches regex"a(?=b)c"', 'unsupported-pattern «(?=» a look-around'],
  ['context.a matches regex"ab[z-a]"', 'bad-pattern «z-a» the range'],
  ['context.a matches regex"😀é(b"', 'bad-pattern «(» the group is not closed'],
  ['context.a matches regex"ab\\"', 'unterminated-string «regex"ab\\" }»'],
  ['context.a matches regex"a\tb"', 'control-character «\t»'],
  ['context.a matches regex"e\u0301"', 'not-normalized «regex"e\u0301"»'],
  ['context.a matches regex"a\u200b"', 'hidden-character «\u200b»'],
  ['context.a matches regex"(a|b)*a(a|b){20}"', 'pattern-too-large «(a|b)*a(a|b){20}»'],
  ['context.a matches "a*"', 'syntax-error «"a*"» expected a pattern such as'],
  ['context.a matches context.a', 'syntax-error «context» expected a pattern such as'],
  ['context.a in { glob"a" }', 'misplaced-pattern «glob"a"» a pattern is not a value'],
  ['context.a is glob"a"', 'misplaced-pattern «glob"a"» a pattern is not a value'],
  ['context.a matches glob"a" matches glob"b"', 'chained-comparison «matches glob"b"»'],
  [
    'context.b matches glob"a"',
    'pattern-operand «context.b» a glob pattern matches a String, and this is a Bool',
  ],
  [
    'context.a matches spiffe"spiffe://a.example"',
    'pattern-operand «context.a» a spiffe pattern matches a SpiffeId',
  ],
  ['context.id matches glob"a"', 'pattern-operand «context.id» a glob pattern matches a String'],
  [
    'context.a matches regex"a" ignoring case',
    'bad-glob-option «regex"a"» only a glob can have `ignoring case`',
  ],
  ['context.a matches regex"a" separated by "."', 'bad-glob-option «"."» only a glob can have'],
  [
    'context.a matches glob"a" separated by "::"',
    'bad-glob-option «"::"» "::" is not a valid separator',
  ],
])('%s is reported as %s', (condition, start) => {
  const [first = '', ...others] = listErrors(condition);
  expect([first.slice(0, start.length), others]).toEqual([start, []]);
});

test('suggests `matches` for a misspelled word', () => {
  expect(listErrors('context.a matchs glob"a"').join('\n')).toContain('did you mean `matches`?');
});

test('the help explains what to write instead', () => {
  const helps = [
    'context.a matches spiffe"spiffe://a.example"',
    'context.a matches regex"(?!a)b"',
    'context.a matches regex"a" ignoring case',
  ].map((condition) => {
    const text = `${declarations}for any { permit ok when ${condition} }`;
    return checkText(text).diagnostics[0]?.help;
  });
  expect(helps).toEqual([
    expect.stringContaining('write `spiffe(x) matches …`'),
    expect.stringContaining('`x matches … and x not matches …`'),
    expect.stringContaining('`(?i)`'),
  ]);
});

test('underlines the whole pattern in a message with escapes', () => {
  const text = `${declarations}for any { deny no because "{context.a matches regex\\"a(\\"}" }`;
  expect(checkText(text).found).toEqual(['bad-pattern «regex\\"a(\\"» the group is not closed']);
});

test('`contains` accepts regular expressions and strings', () => {
  expect(
    [
      'context.a contains regex"curl|wget"',
      'context.a not contains regex"^a"',
      'context.a contains "regex"',
      'not context.a contains regex"a" and context.b',
      'context.a contains regex"a" or context.a contains context.a',
    ].map(listErrors),
  ).toEqual([[], [], [], [], []]);
});

test.each([
  [
    'context.a contains glob"*.pem"',
    'search-needs-regex «glob"*.pem"» `contains` takes a regular expression',
  ],
  ['context.id contains spiffe"spiffe://a.example"', 'search-needs-regex «spiffe"spiffe://a'],
  ['context.a contains regex"a("', 'bad-pattern «(» the group is not closed'],
  ['context.b contains regex"a"', 'pattern-operand «context.b» a regex pattern matches a String'],
  ['context.a contains regex"a" ignoring case', 'bad-glob-option «regex"a"» only a glob'],
  ['context.a contains regex"a" contains "b"', 'chained-comparison «contains»'],
])('%s is reported as %s', (condition, start) => {
  const [first = '', ...others] = listErrors(condition);
  expect([first.slice(0, start.length), others]).toEqual([start, []]);
});

test('reports the pattern that exceeds the budget of a policy', { timeout: 300_000 }, () => {
  const rules = Array.from(
    { length: 300 },
    (_, i) => `deny r${i} when context.a matches regex"(a|b)*a(a|b){9}${i}"`,
  );
  const { diagnostics } = checkText(`${declarations}for any {\n${rules.join('\n')}\n}`);
  const [first, ...others] = diagnostics.filter(({ severity }) => severity === 'error');
  expect(others).toEqual([]);
  expect(first?.code).toBe('too-many');
  const at = /to compile the first (\d+) patterns$/.exec(first?.message ?? '')?.[1];
  expect(Number(at)).toBeGreaterThan(50);
  const line = rules[Number(at) - 1] ?? '';
  const start = declarations.length + `for any {\n`.length;
  const offset = rules.slice(0, Number(at) - 1).join('\n').length + 1 + line.indexOf('regex');
  expect(first?.span.start).toBe(start + offset);
});

test('reports more patterns than the limit of a policy', { timeout: 300_000 }, () => {
  const rules = Array.from(
    { length: 20_001 },
    (_, i) => `deny r${i} when context.a matches glob"${i}"`,
  );
  const text = `${declarations}for any {\n${rules.join('\n')}\n}`;
  expect(checkText(text).found).toEqual(['too-many «glob"20000"» more than 20000 patterns']);
});

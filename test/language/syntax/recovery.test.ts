// Recovery from syntax errors: what is reported, and which items of the file are kept.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseText } from '../../support/parsing.ts';

/** The kinds and names of the items that are kept. */
function survivors(text: string): string[] {
  return parseText(text).file.items.flatMap((item) => {
    if (item.kind !== 'Group') {
      const named = 'name' in item && item.name?.kind === 'Name' ? item.name.text : '';
      return [`${item.kind} ${named}`];
    }
    return ['Group', ...item.items.map((inner) => `  ${inner.kind} ${inner.name.text}`)];
  });
}

function places(text: string): string[] {
  return parseText(text).found.map((line) => line.slice(0, line.indexOf('»') + 1));
}

test('a misspelled effect is reported with a suggestion, and only its rule is lost', () => {
  const text = `for any {
    permt a when subject.deny is 1
    deny b otherwise
    narow c when x
    permit d whn y
    permit e otherwise
  }
  const x = 1`;
  expect(places(text)).toEqual([
    'syntax-error «permt»',
    'syntax-error «narow»',
    'syntax-error «whn»',
  ]);
  expect(parseText(text).found[0]).toContain('expected an effect such as `permit` or `deny`');
  expect(parseText(text).diagnostics.map(({ label }) => label)).toEqual([
    'did you mean `permit`?',
    'did you mean `narrow`?',
    'did you mean `when`?',
  ]);
  expect(survivors(text)).toEqual(['Group', '  Rule b', '  Rule e', 'Const x']);
});

test('only the misspelled declaration itself is lost', () => {
  const text = 'polcy p\nconst a = 1\nconts b = 2\nrecord R {}';
  expect(places(text)).toEqual(['syntax-error «polcy»', 'syntax-error «conts»']);
  expect(survivors(text)).toEqual(['Const a', 'Record R']);
});

test.each([
  ['a condition', 'for any { permit a when } const x = 1', ['«}»'], ['Group', 'Const x']],
  [
    'a value, before a block',
    'for any { given a = ? { permit b otherwise } deny c otherwise }',
    ['«?»'],
    ['Group', '  Rule c'],
  ],
  [
    'the brace of a block, after an extra token',
    'for any { given a = b c { permit d otherwise } deny e otherwise }',
    ['«c»'],
    ['Group', '  Rule e'],
  ],
  [
    'a comma between settings',
    'for any { permit a to { b: 1 c: 2 } deny d otherwise }',
    ['«c»'],
    ['Group', '  Rule d'],
  ],
  [
    'a comma between elements',
    'for any { permit a when b in { c d } deny e otherwise }',
    ['«d»'],
    ['Group', '  Rule e'],
  ],
  [
    'an operand within brackets',
    'for any { permit a when f(b, , c) deny d when { e, ? } permit g otherwise }',
    ['«,»', '«?»'],
    ['Group', '  Rule g'],
  ],
  [
    'a word after `or deny`',
    'for any { permit a when b or deny c otherwise deny d otherwise }',
    ['«c»'],
    ['Group', '  Rule d'],
  ],
  [
    'a string',
    'for any { permit a because b deny c covers deny d otherwise }',
    ['«b»', '«d»'],
    undefined,
  ],
  ['a merge rule', 'constraint a: Int smallest const x = 1', ['«const»'], ['Const x']],
  ['a type', 'record R { a: , b: Int } const x = 1', ['«,»'], ['Record R', 'Const x']],
  ['no further token', 'const a = 1 } const x = 1', ['«}»'], ['Const a', 'Const x']],
  ['a character with a meaning', 'const a = § const x = 1', ['«§»'], ['Const x']],
])('reports what is expected: %s', (_, text, underlined, kept) => {
  expect(parseText(text).found.map((line) => /«.*?»/.exec(line)?.[0])).toEqual(underlined);
  if (kept !== undefined) expect(survivors(text)).toEqual(kept);
});

test('at the end of the file, underlines the last token and shows the open bracket', () => {
  const { diagnostics, found } = parseText('for any {\n  permit a when x\n');
  expect(found).toEqual(['syntax-error «x» expected `}`, found the end of the file']);
  expect(diagnostics[0]?.related).toEqual([
    { span: { file: 'p.nhipol', start: 8, end: 9 }, message: 'opened here' },
  ]);
});

test('a missing brace is reported at the next declaration that starts a line', () => {
  const text = 'for any {\n  permit a when x\nfor b { deny c otherwise }\nconst d = 1';
  expect(parseText(text).found).toEqual(['syntax-error «for» expected `}`, found `for`']);
  expect(survivors(text)).toEqual(['Group', '  Rule a', 'Group', '  Rule c', 'Const d']);
});

test('errors in strings are reported in place', () => {
  const text = 'const a = "x\\qy\tz\\u12" const b = "\\ud800" const c = "\\udc00\\ud800\\udc00"';
  expect(places(text)).toEqual([
    'bad-escape «\\q»',
    'control-character «\t»',
    'bad-escape «\\u»',
    'lone-surrogate «\\ud800»',
    'lone-surrogate «\\udc00»',
  ]);
});

test('an unterminated string ends with its line', () => {
  const text = 'const a = "abc\nconst b = "d\\"\nconst c = 1';
  expect(places(text)).toEqual(['unterminated-string «"abc»', 'unterminated-string «"d\\"»']);
  expect(survivors(text)).toEqual(['Const a', 'Const b', 'Const c']);
});

test.each([
  ['\u202e', 'hidden-character'],
  ['\u200b', 'hidden-character'],
  ['\ufeff', 'hidden-character'],
  ['\u2028', 'hidden-character'],
  ['\r', 'hidden-character'],
  ['\ud800', 'lone-surrogate'],
])('rejects %j in strings, comments and code', (character, code) => {
  expect(places(`const a = 1 // ${character}x\n`)).toEqual([`${code} «${character}»`]);
  expect(places(`const a = ${character} 1`)[0]).toBe(`${code} «${character}»`);
  if (character === '\r') return;
  expect(places(`const a = "${character}"`)).toEqual([`${code} «${character}»`]);
});

test('errors in placeholders are reported in place', () => {
  const text = (message: string) => `for any { deny a because "${message}" }`;
  expect(places(text('x {a'))).toEqual(['bad-placeholder «{»']);
  expect(places(text('x }'))).toEqual(['bad-placeholder «}»']);
  expect(places(text('{ }'))).toEqual(['bad-placeholder «{ }»']);
  expect(places(text('é {a b}'))).toEqual(['syntax-error «b»']);
  expect(places(text('{a +}'))).toEqual(['syntax-error «+»']);
  expect(places(text('{\\"a\\" is 5mm}'))).toEqual(['bad-number «5mm»']);
});

test('reports at most one syntax error at each position', () => {
  const words = fc.constantFrom(
    'for',
    'any',
    '{',
    '}',
    '(',
    ')',
    '[',
    'permit',
    'deny',
    'a',
    'when',
    'is',
    'not',
    'or',
    'and',
    'if',
    'then',
    'else',
    ',',
    ':',
    '"x"',
    '"',
    '5m',
    '5x',
    '§',
    '\0',
    '.',
    '=',
    'const',
    'given',
    'otherwise',
    'score',
    'counts',
    'because',
    '"{a"',
    '"{b c}"',
    'covers',
    'test',
    'request',
    'expect',
    'record',
    'enum',
    '<',
    '>',
    '-',
    '->',
    'table',
    'in',
    'to',
    'unless',
    '\n',
    '\ud800',
    '\u200b',
    '//',
    'any x in',
    'satisfies',
    'present',
    '?',
    'use',
    'from',
  );
  fc.assert(
    fc.property(fc.array(words, { maxLength: 40 }), (soup) => {
      const { diagnostics } = parseText(soup.join(' '));
      const starts = diagnostics
        .filter(({ code }) => code === 'syntax-error')
        .map(({ span }) => span.start);
      expect(new Set(starts).size).toBe(starts.length);
    }),
    { numRuns: 2000 },
  );
});

test('parses any string without throwing, and every span is within it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      for (const { span } of parseText(text).diagnostics) {
        expect(span.start).toBeGreaterThanOrEqual(0);
        expect(span.end).toBeLessThanOrEqual(text.length);
        expect(span.end).toBeGreaterThanOrEqual(span.start);
      }
    }),
    { numRuns: 1000 },
  );
});

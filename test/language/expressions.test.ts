// Syntax trees of expressions: precedence, associativity and spans.

import { expect, test } from 'vitest';
import { parseText, shape } from '../support/parsing.ts';

test.each([
  ['a implies b implies c', ['a', 'implies', ['b', 'implies', 'c']]],
  ['a or b implies c', [['a', 'or', 'b'], 'implies', 'c']],
  ['a or b and c or d', [['a', 'or', ['b', 'and', 'c']], 'or', 'd']],
  ['not a and b', [['not', 'a'], 'and', 'b']],
  ['not not a', ['not', ['not', 'a']]],
  ['not a is b', ['not', ['a', 'is', 'b']]],
  ['a == b and c != d', [['a', 'is', 'b'], 'and', ['c', 'is not', 'd']]],
  ['a is not b', ['a', 'is not', 'b']],
  ['a is (not b)', ['a', 'is', ['not', 'b']]],
  ['a not in b or c not within d', [['a', 'not in', 'b'], 'or', ['c', 'not within', 'd']]],
  ['a < b + 1', ['a', '<', ['b', '+', 1n]]],
  ['a >= b', ['a', '>=', 'b']],
  ['a else b is c', [['a', 'else', 'b'], 'is', 'c']],
  ['a else b else c', ['a', 'else', ['b', 'else', 'c']]],
  ['a else b union c', ['a', 'else', ['b', 'union', 'c']]],
  ['a - b - c', [['a', '-', 'b'], '-', 'c']],
  ['a union b minus c', [['a', 'union', 'b'], 'minus', 'c']],
  ['a + b * c', ['a', '+', ['b', '*', 'c']]],
  ['a union b intersect c', ['a', 'union', ['b', 'intersect', 'c']]],
  ['-a * b', [['-', 'a'], '*', 'b']],
  ['-a.b', ['-', ['a', '.b']]],
  ['a - -5', ['a', '-', -5n]],
  ['-(5)', ['-', 5n]],
  ['- -5', ['-', -5n]],
  ['a.b is present', [['a', '.b'], 'is present']],
  ['not a is missing or b', [['not', ['a', 'is missing']], 'or', 'b']],
  ['a is (present)', ['a', 'is', 'present']],
  ['a starts_with b and c contains d', [['a', 'starts_with', 'b'], 'and', ['c', 'contains', 'd']]],
  ['a intersects b', ['a', 'intersects', 'b']],
  ['(a or b) and c', [['a', 'or', 'b'], 'and', 'c']],
])('applies the precedence of operators in %s', (text, expected) => {
  expect(shape(text)).toEqual(expected);
});

test.each([
  ['if a then b else c or d', ['if', 'a', 'b', ['c', 'or', 'd']]],
  ['if a then b else c else d', ['if', 'a', 'b', ['c', 'else', 'd']]],
  ['if a else b then c else d', ['if', ['a', 'else', 'b'], 'c', 'd']],
  ['if a then (b else c) else d', ['if', 'a', ['b', 'else', 'c'], 'd']],
  ['if a then if b then c else d else e', ['if', 'a', ['if', 'b', 'c', 'd'], 'e']],
  ['if a then f(b else c) else d', ['if', 'a', ['f', '()', ['b', 'else', 'c']], 'd']],
  ['any x in a else b satisfies x and c', ['any', 'x', ['a', 'else', 'b'], ['x', 'and', 'c']]],
  ['a and all x in b satisfies x or c', ['a', 'and', ['all', 'x', 'b', ['x', 'or', 'c']]]],
  ['if a then any x in b satisfies x else c', ['if', 'a', ['any', 'x', 'b', 'x'], 'c']],
])('parses the choice or quantifier %s', (text, expected) => {
  expect(shape(text)).toEqual(expected);
});

test.each([
  ['a."b c".in.or', [[['a', '.b c'], '.in'], '.or']],
  ['t[a, b].c', [['t', '[]', 'a', 'b'], '.c']],
  ['a.b[c].d', [[['a', '.b'], '[]', 'c'], '.d']],
  ['f()', ['f', '()']],
  ['f(a, b,)', ['f', '()', 'a', 'b']],
  ['{}', ['{}']],
  ['[]', ['{}']],
  ['{ a, b, }', ['{}', 'a', 'b']],
  ['true', true],
  ['"a\\n\\u00e9\\ud83d\\ude00"', 'a\né😀'],
  ['1_000', 1000n],
  ['-9223372036854775808', -(2n ** 63n)],
  ['9_223_372_036_854_775_807', 2n ** 63n - 1n],
  ['250ms', 250n],
  ['90s', 90_000n],
  ['5m', 300_000n],
  ['24h', 86_400_000n],
  ['7d', 604_800_000n],
  ['2026-12-25T00:00:00Z', BigInt(Date.UTC(2026, 11, 25))],
  ['2026-12-25T01:30:00.1239+01:00', BigInt(Date.UTC(2026, 11, 25, 0, 30, 0, 123))],
  ['2026-12-25t00:00z', BigInt(Date.UTC(2026, 11, 25))],
  ['2024-02-29T00:00:00-00:30', BigInt(Date.UTC(2024, 1, 29, 0, 30))],
  ['0001-01-01T00:00:00Z', -62_135_596_800_000n],
])('parses the access, call or set %s', (text, expected) => {
  expect(shape(text)).toEqual(expected);
});

test.each(['subject', 'read', 'level', 'version', 'table', 'from', 'present', 'permit', 'deny'])(
  '%s can be a name in an expression',
  (word) => {
    expect(shape(`${word} is a`)).toEqual([word, 'is', 'a']);
    expect(shape(`a and ${word}`)).toEqual(['a', 'and', word]);
  },
);

test.each(['then', 'else', 'and', 'is', 'in', 'let', 'when', 'to', 'given', 'otherwise'])(
  '%s is reserved in an expression, and is a name after a dot',
  (word) => {
    expect(parseText(`const x = ${word}`).found).toEqual([
      `syntax-error «${word}» expected a value, found \`${word}\``,
    ]);
    expect(shape(`a.${word}`)).toEqual(['a', `.${word}`]);
  },
);

test.each([
  ['1 < 2 < 3', 'chained-comparison «<»'],
  ['a is b is not c', 'chained-comparison «is not»'],
  ['a is present is b', 'chained-comparison «is»'],
  ['a is present + 1', 'syntax-error «+»'],
  ['a + not b', 'syntax-error «not»'],
  ['- not b', 'syntax-error «not»'],
  ['any x in a and b satisfies c', 'syntax-error «and»'],
  ['a is not missing', 'is-not-present «is not missing»'],
  ['any x in a satisfies x is missing.b', 'syntax-error «.»'],
  ['a > = b', 'syntax-error «=»'],
  ['(a, b)', 'misplaced-pair «(a, b)»'],
  ['a.b(c)', 'call-needs-name «(c)»'],
  ['9223372036854775808', 'number-too-large «9223372036854775808»'],
  ['-9223372036854775809', 'number-too-large «-9223372036854775809»'],
  ['106751991168d', 'number-too-large «106751991168d»'],
  ['1.5e3', 'bad-number «1.5e3»'],
  ['1e3', 'bad-number «1e3»'],
  ['0.0000001', 'too-precise «0.0000001»'],
  ['-0.000_000_1', 'too-precise «-0.000_000_1»'],
  ['9223372036854.775808', 'number-too-large «9223372036854.775808»'],
  ['-9223372036854.775809', 'number-too-large «-9223372036854.775809»'],
  ['5mm', 'bad-number «5mm»'],
  ['0x10', 'bad-number «0x10»'],
  ['2026-12-25', 'bad-timestamp «2026-12-25»'],
  ['2026-12-25T00:00:00', 'bad-timestamp «2026-12-25T00:00:00»'],
  ['2026-13-01T00:00:00Z', 'bad-timestamp «2026-13-01T00:00:00Z»'],
  ['2023-02-29T00:00:00Z', 'bad-timestamp «2023-02-29T00:00:00Z»'],
  ['2026-01-01T24:00:00Z', 'bad-timestamp «2026-01-01T24:00:00Z»'],
  ['2026-01-01T00:00:60Z', 'bad-timestamp «2026-01-01T00:00:60Z»'],
  ['2026-01-01T00:00:00+24:00', 'bad-timestamp «2026-01-01T00:00:00+24:00»'],
])('rejects %s', (text, expected) => {
  const { found } = parseText(`const x = ${text}`);
  expect(found.map((line) => line.slice(0, line.indexOf('»') + 1))).toEqual([expected]);
});

test('the span of a node includes its parentheses', () => {
  const text = 'const x = (a or b) and not t[c].d is present';
  const { file } = parseText(text);
  const [item] = file.items;
  if (item?.kind !== 'Const' || item.value.kind !== 'Binary') throw new Error('no binary');
  const sliceNode = (node: { span: { start: number; end: number } }) =>
    text.slice(node.span.start, node.span.end);
  expect(sliceNode(item)).toBe(text);
  expect(sliceNode(item.value)).toBe('(a or b) and not t[c].d is present');
  expect(sliceNode(item.value.left)).toBe('(a or b)');
  expect(sliceNode(item.value.right)).toBe('not t[c].d is present');
});

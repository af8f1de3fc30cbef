// Expressions, before and after formatting.

import { expect, test } from 'vitest';
import { formatOrFail } from '../../support/pages/formatting.ts';

const same = [
  '1_000',
  '-5',
  '-0',
  '1.50',
  '24h',
  '09:00',
  '2026-12-25T00:00+01:00',
  '10.0.0.1',
  '2001:DB8:0::/32',
  '"a\\u0041\\/"',
  'a."b"."c d"',
  '[]',
  '{}',
  '-(5)',
  '- -a',
  '(1 + 2) * 3',
  '(a and b) or (c and d)',
  'not (a is present)',
  'a is (present)',
  'a matches glob"**/{.env,*.pem}" separated by "." ignoring case',
  'a not matches regex"\\d+\\"x"',
  'any x in list satisfies x in { 1, 2 }',
  'if a then b else c',
  'limits[a, b.c] else f(x, g())',
];

test.for(same)('%s is in the canonical style', (expression) => {
  expect(formatOrFail(`const x = ${expression}`)).toBe(`const x = ${expression}\n`);
});

const pairs: readonly (readonly [string, string])[] = [
  ['a==b', 'a is b'],
  ['a  !=  b', 'a is not b'],
  ['((a))', '(a)'],
  ['f((a))', 'f((a))'],
  ['( a )', '(a)'],
  ['-  1', '-1'],
  ['( - 1_0 )', '(-1_0)'],
  ['{a,b,}', '{ a, b }'],
  ['{ }', '{}'],
  ['a\nis\npresent', 'a is present'],
  ['a>=b', 'a >= b'],
  ['f ( a , b , )', 'f(a, b)'],
  ['t [ a ]', 't[a]'],
  ['a . b', 'a.b'],
];

test.for(pairs)('%s becomes %s', ([before, after]) => {
  expect(formatOrFail(`const x = ${before}`)).toBe(`const x = ${after}\n`);
});

const long = (name: string) => `${name}_is_a_name_that_takes_much_of_a_line`;

const broken: readonly (readonly [string, string, string])[] = [
  [
    'a chain breaks before each of its operators',
    `let x = ${long('a')} and ${long('b')} and (${long('c')} or d)`,
    `let x = ${long('a')}
  and ${long('b')}
  and (${long('c')} or d)
`,
  ],
  [
    'the outermost chain breaks first',
    `let x = ${long('a')} and b or ${long('b')} and c and d`,
    `let x = ${long('a')} and b
  or ${long('b')} and c and d
`,
  ],
  [
    'within parentheses',
    `let x = a and (${long('a')} or ${long('b')} or ${long('c')})`,
    `let x = a
  and (
    ${long('a')}
      or ${long('b')}
      or ${long('c')}
  )
`,
  ],
  [
    'a comparison breaks before its operator',
    `const x = ${long('a')} + ${long('b')} is ${long('c')}`,
    `const x = ${long('a')} + ${long('b')}
  is ${long('c')}
`,
  ],
  [
    'a sum',
    `const x = ${long('a')} + ${long('b')} - ${long('c')}`,
    `const x = ${long('a')}
  + ${long('b')}
  - ${long('c')}
`,
  ],
  [
    'an implication',
    `invariant "i" for any ${long('a')} and ${long('b')} implies ${long('c')} and ${long('d')}`,
    `invariant "i" for any
  ${long('a')} and ${long('b')}
    implies ${long('c')} and ${long('d')}
`,
  ],
  [
    'a set',
    `const x = { ${long('a')}, ${long('b')}, ${long('c')} }`,
    `const x = {
  ${long('a')}, ${long('b')},
  ${long('c')}
}
`,
  ],
  [
    'arguments',
    `const x = f(${long('a')}, ${long('b')}, ${long('c')})`,
    `const x = f(
  ${long('a')},
  ${long('b')},
  ${long('c')}
)
`,
  ],
  [
    'a choice',
    `const x = if ${long('a')} then ${long('b')} else ${long('c')}`,
    `const x = if ${long('a')}
  then ${long('b')}
  else ${long('c')}
`,
  ],
];

test.for(broken)('breaks long expressions: %s', ([, before, after]) => {
  expect(formatOrFail(before)).toBe(after);
  expect(formatOrFail(after)).toBe(after);
});

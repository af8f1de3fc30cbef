// How an explanation describes how far a pattern matched a string.

import { expect, test } from 'vitest';
import { describePattern } from '../../language/explain/patterns.ts';
import { glob, regex, requirePattern, search } from '../support/arbitraries/patterns.ts';

const description = (made: ReturnType<typeof regex>, text: string): string => {
  const pattern = requirePattern(made);
  return describePattern(pattern, text, pattern.matches(text));
};

const failed = 'the string does not match:';

test.each([
  [glob('/workspace/**'), '/workspace/a', 'the string matches'],
  [
    glob('/home/u/**'),
    '/home/user/x',
    `${failed} matched up to "/home/u" (7 characters), then expected "/", found "s"`,
  ],
  [
    glob('/home/u/docs/**'),
    '/home/u/x',
    `${failed} matched up to "/home/u/" (8 characters), then expected "docs/", found "x"`,
  ],
  [glob('/a/**'), 'a', `${failed} expected "/a/" at the start, found "a"`],
  [glob('a/b'), 'a/', `${failed} it ends after "a/" (2 characters), expected "b"`],
  [glob('a'), '', `${failed} it is empty, expected "a"`],
  [glob('a'), 'ab', `${failed} matched up to "a" (1 character), then expected the end, found "b"`],
  [
    glob('*.ts'),
    'a/b.ts',
    `${failed} matched up to "a" (1 character), then expected any character except "/", found "/"`,
  ],
  [
    glob('/w/**'),
    '/w/../x',
    `${failed} matched up to "/w/.." (5 characters), then expected any character except "/", found "/"`,
  ],
  [
    regex('[a-f]+[0-9]?'),
    'abx',
    `${failed} matched up to "ab" (2 characters), then expected "0"–"9", "a"–"f" or the end, found "x"`,
  ],
  [
    regex('a\\n'),
    'ab',
    `${failed} matched up to "a" (1 character), then expected "\\n", found "b"`,
  ],
  [regex('😀é'), '😀e', `${failed} matched up to "😀" (1 character), then expected "é", found "e"`],
  [regex('a^b'), 'ab', 'the pattern matches no string'],
  [
    search('curl|wget'),
    'sudo curl x',
    'a part of the string matches, within "sudo curl" (9 characters)',
  ],
  [search('sh$'), '| sh', 'a part of the string matches, within "| sh" (4 characters)'],
  [search('curl|wget'), 'ls', 'no part of the string matches'],
])('describes how far the string of row %# matches', (made, text, expected) => {
  expect(description(made, text)).toBe(expected);
});

test('shows the end of a long match, and escapes invisible characters', () => {
  const long = description(regex('x*y'), `${'x'.repeat(100)}\u202e`);
  expect(long).toBe(
    `${failed} matched up to …"${'x'.repeat(40)}" (100 characters), then expected "x"–"y", found "\\u202e"`,
  );
});

// Globs and SPIFFE ID patterns: what wildcards match and do not match, and which patterns are rejected, with the
// underlined part.

import { expect, test } from 'vitest';
import { isSeparator } from '../../../language/types/patterns/globs/glob.ts';
import {
  glob,
  matchesBytes,
  refusal,
  requirePattern,
  spiffe,
} from '../../support/arbitraries/patterns.ts';

type Row = readonly [pattern: string, text: string, matches: boolean];

const globs: readonly Row[] = [
  ['/workspace/**', '/workspace/a', true],
  ['/workspace/**', '/workspace/a/b/c', true],
  ['/workspace/**', '/workspace', false],
  ['/workspace/**', '/workspace/', false],
  ['/workspace/**', '/workspace/a/', false],
  ['/workspace/**', '/workspace//a', false],
  ['/workspace/**', '/workspace/..', false],
  ['/workspace/**', '/workspace/a/../../etc/passwd', false],
  ['/workspace/**', '/workspace/./a', false],
  ['/workspace/**', '/workspace/...', true],
  ['/workspace/**', '/workspace/..a', true],
  ['/workspace/*', '/workspace/.hidden', true],
  ['/workspace/..', '/workspace/..', true],
  ['/workspace/.*', '/workspace/..', false],
  ['/workspace/.?', '/workspace/..', false],
  ['/workspace/.?', '/workspace/.a', true],
  ['/workspace/[.].', '/workspace/..', false],
  ['/workspace/{..,*}', '/workspace/..', true],
  ['/workspace/{.,*}', '/workspace/..', false],
  ['/a/*/', '/a/b/', true],
  ['**', 'a/b', true],
  ['**', '', false],
  ['**', '/a', true],
  ['**', '/a/b', true],
  ['**', '/', false],
  ['**', '//a', false],
  ['/**', '/a', true],
  ['/**', 'a', false],
  ['**/a', 'a', true],
  ['**/a', 'x/y/a', true],
  ['**/a', '/a', true],
  ['**/a', '/x/y/a', true],
  ['**/a', '//a', false],
  ['**/a', '/x//a', false],
  ['**/a', '../a', false],
  ['**/a', '/../a', false],
  ['**/a', '/xa', false],
  ['**/.ssh/**', '/home/u/.ssh/id_rsa', true],
  ['**/.ssh/**', '.ssh/x', true],
  ['**/.ssh/**', '/.ssh/x', true],
  ['**/.ssh/**', '/.ssh/x/y', true],
  ['**/.ssh/**', '/home/u/.ssh', false],
  ['**/.ssh/**', '/home/u/x.ssh/y', false],
  ['**/{.env,*.pem}', '/.env', true],
  ['**/*', '/a', true],
  ['**/', '/', true],
  ['**/', 'a/', true],
  ['**/', '/a/', true],
  ['**/', '/a', false],
  ['**/**/a', '/a', true],
  ['**/**', '/a', true],
  ['/**/a', 'a', false],
  ['/**/a', '/a', true],
  ['/**/a', '/x/a', true],
  ['*/a', '/a', false],
  ['a/**', 'a', false],
  ['\\**/a', '*/a', true],
  ['**/a', 'x\\a', false],
  ['**/a', '/x%2fa', false],
  ['x/**', 'x/\uff0e\uff0e/a', true],
  ['x/**', 'x/%2e%2e/a', true],
  ['x/**', 'x/..\\a', true],
  ['a/**/b', 'a/b', true],
  ['a/**/b', 'a/x/y/b', true],
  ['a/**/b', 'a/../b', false],
  ['**/**', 'a', true],
  ['a*b*c', 'a1b2c', true],
  ['a*b*c', 'a1b/2c', false],
  ['?', 'é', true],
  ['?', '😀', true],
  ['?', '/', false],
  ['[!a]', '/', false],
  ['[a-c]x', 'bx', true],
  ['[!a-c]x', 'bx', false],
  ['[a\\]]', ']', true],
  ['{a,b{c,d}}.ts', 'bd.ts', true],
  ['{a,b{c,d}}.ts', 'b.ts', false],
  ['{,a}', '', true],
  ['\\*\\{\\}\\\\', '*{}\\', true],
  ['a,b', 'a,b', true],
  ['', '', true],
];
const spiffes: readonly Row[] = [
  ['spiffe://a.example', 'spiffe://a.example', true],
  ['spiffe://a.example/x', 'spiffe://a.example/x', true],
  ['spiffe://a.example/*', 'spiffe://a.example/x', true],
  ['spiffe://a.example/*', 'spiffe://a.example/x/y', false],
  ['spiffe://a.example/*', 'spiffe://a.example.evil/x', false],
  ['spiffe://a.example/**', 'spiffe://a.example/x/y', true],
  ['spiffe://a.example/**', 'spiffe://a.example', false],
  ['spiffe://a.example/ns/*/sa/ci-*', 'spiffe://a.example/ns/n/sa/ci-7', true],
  ['spiffe://a.example/ns/*/sa/ci-*', 'spiffe://a.example/ns/n/sa/ci', false],
  ['spiffe://a.example/**/sa/*', 'spiffe://a.example/sa/x', true],
];
const all = [
  ...globs.map((row) => [...row, glob(row[0])] as const),
  ...spiffes.map((row) => [...row, spiffe(row[0])] as const),
];

test.each(all)('%j matches %j: %s', (_, text, matches, pattern) => {
  const made = requirePattern(pattern);
  expect([made.matches(text), matchesBytes(made.bytes, text)]).toEqual([matches, matches]);
});

const refused = [
  ['a**', glob, '«**» `**` must be a whole segment'],
  ['a/**b', glob, '«**» `**` must be a whole segment'],
  ['{**,a}', glob, '«**» `**` must be a whole segment'],
  ['{a/b,c}', glob, '«/» an alternative cannot contain the separator'],
  ['a{b', glob, '«{» the brace is not closed'],
  ['a}', glob, '«}» `}` has no matching opening bracket'],
  ['a]', glob, '«]» `]` has no matching opening bracket'],
  ['[ab', glob, '«[» the class is not closed'],
  ['[]', glob, '«[]» the class is empty'],
  ['[^a]', glob, '«^» a class of a glob is negated with `!`'],
  ['[c-a]', glob, '«c-a» the range'],
  ['[a/]', glob, '«/» a class never matches the separator'],
  ['\\d', glob, '«\\d» `\\d` is not a valid escape'],
  ['a\\', glob, '«\\» `\\` is not a valid escape'],
  ['https://a', spiffe, '«https://a» a SPIFFE ID begins with'],
  ['spiffe://', spiffe, '«spiffe://» the trust domain is missing'],
  ['spiffe://*.example/x', spiffe, '«*» a trust domain cannot contain a wildcard'],
  ['spiffe://A.example/x', spiffe, '«A» `A` is not valid in a trust domain'],
  ['spiffe://a.example:443/x', spiffe, '«:» `:` is not valid in a trust domain'],
  ['spiffe://a.example/', spiffe, '«/» a segment of a SPIFFE ID cannot be empty'],
  ['spiffe://a.example/x//y', spiffe, '«/» a segment of a SPIFFE ID cannot be empty'],
  ['spiffe://a.example/../y', spiffe, '«..» a segment of a SPIFFE ID cannot be `..`'],
  ['spiffe://a.example/x?', spiffe, '«?» `?` is not valid in a segment'],
  ['spiffe://a.example/x**', spiffe, '«**» `**` must be a whole segment'],
] as const;

test.each(refused)('rejects %j', (pattern, make, start) => {
  const expected = `bad-pattern ${start}`;
  expect(refusal(pattern, make(pattern))?.slice(0, expected.length)).toBe(expected);
});

test('only a path has a root, not a name with another separator', () => {
  const made = requirePattern(glob('**.example', { separator: '.' }));
  expect(['example', 'a.example', '.example'].map((text) => made.matches(text))).toEqual([
    true,
    true,
    false,
  ]);
});

test('with another separator, `/` is an ordinary character', () => {
  const made = requirePattern(glob('*:{a/b,c}', { separator: ':' }));
  expect(['x/y:a/b', 'x:y:c', 'x:c'].map((text) => made.matches(text))).toEqual([
    true,
    false,
    true,
  ]);
});

test('a separator is an ASCII character without another meaning in globs', () => {
  const separators = [...Array(128).keys()]
    .map((code) => String.fromCharCode(code))
    .filter(isSeparator);
  expect(separators.join('')).toBe('"#$%&\'()+-./:;<=>@^_`|~');
  expect(['', '::', 'é', '·'].filter(isSeparator)).toEqual([]);
});

test('serializes a pattern as its source, without its automata', () => {
  const made = requirePattern(glob('*.ts'));
  expect(JSON.parse(JSON.stringify(made))).toEqual({ source: made.source });
});

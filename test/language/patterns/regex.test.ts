// Regular expressions: where RE2 is easily misread, which patterns are rejected, with the underlined part, and which
// are too large.

import { expect, test } from 'vitest';
import { accepts } from '../../../language/types/patterns/automata/accepts.ts';
import {
  matchesBytes,
  refusal,
  regex,
  requirePattern,
} from '../../support/arbitraries/patterns.ts';

const rows: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  // The whole string must match, not only a prefix.
  ['a|ab', 'ab', true],
  ['a|ab', 'abc', false],
  ['', '', true],
  ['a||b', '', true],
  ['^^a$$', 'a', true],
  ['a^', 'a', false],
  ['(?:^)*a', 'a', true],
  ['a\\z', 'a', true],
  // Without `m`, `$` matches only at the end, not before a final newline.
  ['a$', 'a\n', false],
  ['(?m)a$\\n', 'a\n', true],
  ['(?m)a$\\n^', 'a\n', true],
  ['(?m)\\Aa\\n\\Ab', 'a\nb', false],
  ['\\b', '', false],
  ['\\B', '', true],
  ['é\\bx', 'éx', true],
  ['a\\bé', 'aé', true],
  // `.` does not match a newline, but a negated class can.
  ['.', '\n', false],
  ['(?s).', '\n', true],
  ['[^a]', '\n', true],
  ['\\D', '\n', true],
  ['\\s', '\v', false],
  ['[[:space:]]', '\v', true],
  // `\d` and `\w` are ASCII; properties are Unicode.
  ['\\d', '٣', false],
  ['\\p{Nd}', '٣', true],
  ['\\w', 'é', false],
  ['\\pL', 'é', true],
  ['\\p{^L}', 'é', false],
  ['\\PL', 'é', false],
  ['\\P{^L}', 'é', true],
  ['\\p{Cn}', '\u0378', true],
  ['\\pC', '\u0378', true],
  // Added in Unicode 17.0.
  ['\\p{Sc}', '\u20c1', true],
  ['\\p{Beria_Erfe}', '\u{16ea0}', true],
  // `(?i)` uses simple case folding.
  ['(?i)k', '\u212a', true],
  ['(?i)\u212a', 'K', true],
  ['(?i)s', 'ſ', true],
  ['(?i)\\w', 'ſ', true],
  ['\\w', 'ſ', false],
  ['(?i)\\W', 'ſ', false],
  ['(?i)σ', 'ς', true],
  ['(?i)ß', 'ẞ', true],
  ['(?i)ß', 'ss', false],
  ['(?i)i', 'İ', false],
  ['(?i)[^k]', '\u212a', false],
  ['(?i)\\p{Lu}', 'a', true],
  ['(?i)\\P{Lu}', 'a', false],
  // Flags apply to the end of their group, across `|`.
  ['(?:a(?i)b|c)d', 'Cd', true],
  ['(?:a(?i)b|c)d', 'CD', false],
  ['(?i:a)b', 'AB', false],
  ['(?i)a(?-i)b', 'AB', false],
  ['(?i)a(?-i)b', 'Ab', true],
  ['a(?i)*b', 'aaB', true],
  ['a(?i)*b', 'AAB', false],
  ['(?U)a+', 'aaa', true],
  ['a+?', 'aaa', true],
  // Braces that are not a repetition are literal.
  ['a{,2}', 'a{,2}', true],
  ['a{2', 'a{2', true],
  ['a{01}', 'a{01}', true],
  ['a{0}', '', true],
  ['a{2}', 'aa', true],
  ['a{2,}', 'aaaaa', true],
  ['(a{2}){2}', 'aaaa', true],
  ['{', '{', true],
  // Brackets.
  ['[]a]', ']', true],
  ['[^]a]', ']', false],
  ['[a-]', '-', true],
  ['[-a]', '-', true],
  ['[+--]', ',', true],
  ['[a\\-z]', 'm', false],
  ['[[:word:]-]', '-', true],
  ['[[:^alpha:]]', '1', true],
  ['[[a]', '[', true],
  [']', ']', true],
  // Escapes.
  ['\\x41\\x{1F600}', 'A😀', true],
  ['\\101\\0', 'A\0', true],
  ['\\Qa.b*\\E+', 'a.b**', true],
  ['\\Qa.b', 'a.b', true],
  // A quote in a literal has a backslash, which is not part of the quoted text.
  ['\\Qa\\"b\\E', 'a"b', true],
  ['\\Qa\\"b\\E', 'a\\"b', false],
  ['\\Q\\\\\\"\\E', '\\\\"', true],
  ['\\Q\\\\E', '\\', true],
  ['\\p{Letter}', 'é', true],
  ['\\p{Letter}', '1', false],
  ['\\P{Letter}', '1', true],
  ['\\p{^Letter}', 'é', false],
  ['\\p{Uppercase_Letter}', 'É', true],
  ['\\p{Uppercase_Letter}', 'é', false],
  ['\\p{Decimal_Number}', '٣', true],
  ['\\p{LC}', 'ǅ', true],
  ['\\p{Cased_Letter}', 'ª', false],
  ['\\p{ASCII}', 'é', false],
  ['\\p{Assigned}', '\u0378', false],
  ['\\"\\/\\_\\ ', '"/_ ', true],
  ['\\a\\f\\t\\n\\r\\v', '\x07\f\t\n\r\v', true],
];

test.each(rows)('%j matches %j: %s', (pattern, text, matches) => {
  const made = requirePattern(regex(pattern));
  expect([made.matches(text), matchesBytes(made.bytes, text)]).toEqual([matches, matches]);
});

test.each([
  ['a(?=b)', 'unsupported-pattern «(?=» a look-around'],
  ['(?<!a)b', 'unsupported-pattern «(?<!» a look-around'],
  ['(a)\\1', 'unsupported-pattern «\\1» a back-reference'],
  ['(?P<n>a)', 'unsupported-pattern «(?P<» a named group'],
  ['(?<n>a)', 'unsupported-pattern «(?<» a named group'],
  ['(?P=n)', 'unsupported-pattern «(?P=» a reference'],
  ['(?>a)', 'bad-pattern «(?>» `(?>` does not begin a valid group'],
  ['(?i-)a', 'bad-pattern «(?i-» `(?i-` does not begin a valid group'],
  [
    'a\\C',
    'unsupported-pattern «\\C» `\\C` matches a single byte, which can be part of a character',
  ],
  ['a\\Z', 'unsupported-pattern «\\Z» `\\Z` has no meaning'],
  ['a\\q', 'bad-pattern «\\q» `\\q` is not a valid escape'],
  ['a\\', 'bad-pattern «\\» a backslash at the end'],
  ['ab)c', 'bad-pattern «)» `)` has no matching `(`'],
  ['a(b(c', 'bad-pattern «(» the group is not closed'],
  ['a[bc', 'bad-pattern «[» the class is not closed'],
  ['[z-a]', 'bad-pattern «z-a» the range `z-a` ends before it begins'],
  ['[a-\\d]', 'bad-pattern «\\d» `\\d` is not a valid escape'],
  ['[[:nope:]]', 'bad-pattern «[:nope:]» unknown class'],
  ['\\p{greek}', 'bad-pattern «\\p{greek}» unknown Unicode class'],
  ['\\p{Greek', 'bad-pattern «\\p» the Unicode class has no name'],
  ['\\x{D800}', 'bad-pattern «\\x{D800}» `U+D800` is not a character'],
  ['*a', 'bad-pattern «*» `*` has nothing to repeat'],
  ['a|+', 'bad-pattern «+» `+` has nothing to repeat'],
  ['a**', 'bad-pattern «*» `*` cannot follow another repetition'],
  ['a{2}{3}', 'bad-pattern «{3}» `{3}` cannot follow another repetition'],
  ['a{3,2}', 'bad-pattern «{3,2}» `{3,2}` ends before it begins'],
  ['a{1001}', 'pattern-too-large «{1001}» repetitions multiply'],
  ['((a{1000}){1000})', 'pattern-too-large «{1000}» repetitions multiply'],
  ['(a|b)*a(a|b){20}', 'pattern-too-large «(a|b)*a(a|b){20}» the pattern needs too many states'],
  ['\\pL{999}', 'pattern-too-large «\\pL{999}» the pattern needs more than 2000 states'],
  ['((((a|b){10}){10}){10}|x){10}', 'pattern-too-large «{10}»'],
  ['(?:abcdefghijkl){999}', 'pattern-too-large «(?:abcdefghijkl){999}» the pattern has more than'],
  ['('.repeat(101), 'pattern-too-large «(» groups are nested'],
])('rejects %j: %s', (pattern, start) => {
  expect(refusal(pattern, regex(pattern))?.slice(0, start.length)).toBe(start);
});

test('matches in one pass what takes a backtracking engine exponential time', () => {
  const made = requirePattern(regex('(?:(?:a|a)*|(?:a*)*)*b'));
  expect(made.bytes.states).toBe(3);
  expect(made.matches(`${'a'.repeat(4_000)}c`)).toBe(false);
});

test('the work of matching is linear in the length of the string', () => {
  const { nfa } = requirePattern(regex('(?:(?:a|b)*a(?:a|b)(?:a|b))+|(?:a?){12}a{12}'));
  const steps = [500, 1_000, 2_000].map((length) => {
    let count = 0;
    accepts(nfa, 'a'.repeat(length), () => {
      count += 1;
    });
    return count;
  });
  const [first = 0, second = 0, third = 0] = steps;
  expect(second).toBeLessThanOrEqual(2 * first + 50);
  expect(third).toBeLessThanOrEqual(2 * second + 50);
  expect(first).toBeLessThanOrEqual(500 * nfa.nodes.length);
});

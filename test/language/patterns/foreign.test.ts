// Notation of other pattern languages: each form is a warning at its position, and its escaped form is not.

import { expect, test } from 'vitest';
import {
  glob,
  refusal,
  regex,
  requirePattern,
  search,
} from '../../support/arbitraries/patterns.ts';
import { checkText } from '../../support/checking.ts';

/** Each warning as its underlined notation and its help. */
function listNotices(text: string, make: typeof regex): readonly string[] {
  const { notices } = requirePattern(make(text));
  return notices.map(({ start, end, help }) => `«${text.slice(start, end)}» ${help}`);
}

test.each([
  ['!(*.pub)', ['«!(*.pub)» write `x not matches glob"…"`']],
  ['a/!(*.pub)', ['«!(*.pub)» write `x not matches glob"…"`']],
  ['@(a|b)', ['«@(a|b)» write `{a,b}`']],
  ['?(a).txt', ['«?(a)» write `{,a,b}`']],
  ['+(a|b)', ['«+(a|b)» write `regex"(?:a|b)+"`']],
  ['*(a|b)', ['«*(a|b)» write `regex"(?:a|b)*"`']],
  ['@(a/*|b)', ['«@(a/*|b)» write `{a,b}`']],
  ['@(a|!(b))', ['«@(» write `{a,b}`', '«|» write `{a,b}`', '«!(b)» write `x not']],
  ['{@(a|b),c}', ['«@(a|b)» write `{a,b}`']],
  ['!a/**', ['«!» write `x not matches glob"…"`']],
  ['{1..3}', ['«{1..3}» list the alternatives']],
  ['file{a..e}.txt', ['«{a..e}» list the alternatives']],
  ['{01..10..2}', ['«{01..10..2}» list the alternatives']],
  ['(a|b)/*', ['«(a|b)» write `{a,b}`']],
  ['*.ts|*.js', ['«|» write `{a,b}`']],
  ['(?i)*.env', ['«(?i)» write `ignoring case`']],
  ['^/etc/*', ['«^» remove it']],
  ['$HOME/**', ['«$HOME» write `\\$`']],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is a variable of a shell.
  ['${HOME}/**', ['«${HOME}» write `\\$`']],
  ['%curl%', ['«%curl%» write `*`']],
] as const)('warns of %s in a glob', (text, expected) => {
  const found = listNotices(text, glob);
  expect(found.map((each, at) => each.slice(0, expected[at]?.length))).toEqual(expected);
});

test.each([
  '\\!\\(a',
  '@\\(a\\|b)',
  '\\!a',
  'a/!b',
  '\\{1..3\\}',
  '{a,b}',
  '{1,2}',
  'copy(1).txt',
  '\\^a',
  '\\$HOME',
  'C$',
  '100%',
  '[!a]',
  '[!a-z]*',
  '{..,a}',
  '*',
  'a+b',
  '[(|)]',
  '.ssh/**',
  'a@b',
])('does not warn of %s in a glob', (text) => {
  expect(listNotices(text, glob)).toEqual([]);
});

test('does not report a separator', () => {
  expect(requirePattern(glob('a|b', { separator: '|' })).notices).toEqual([]);
  expect(requirePattern(glob('a:b|c', { separator: ':' })).notices).toHaveLength(1);
});

test.each([
  ['a{,3}', ['«{,3}» write `{0,3}`']],
  ['a{ 1, 3 }', ['«{ 1, 3 }» write `{1,3}`']],
  ['a{03}', ['«{03}» write `{3}`']],
  ['\\b{start}a', ['«{start}» write `\\b` alone']],
  ['\\B{wb}a', ['«{wb}» write `\\b` alone']],
  ['\\<a\\>', ['«\\<» write `\\b`', '«\\>» write `\\b`']],
  ['[a-z&&[^b]]', ['«&&» write one class']],
  ['[\\w--[a]]', ['«--» write one class']],
  ['[\\w~~\\d]', ['«~~» write one class']],
  ['[:alpha:]+', ['«:alpha:» write `[[:alpha:]]`']],
  ['/curl|wget/', ['«/curl|wget/» remove them, a']],
  ['/curl/i', ['«/curl/i» remove them, a']],
  ['%curl%', ['«%curl%» write `.*`']],
] as const)('warns of %s in a regular expression', (text, expected) => {
  for (const make of [regex, search]) {
    const found = listNotices(text, make);
    expect(found.map((each, at) => each.slice(0, expected[at]?.length))).toEqual(expected);
  }
});

test.each([
  'a\\{,3}',
  'a{3}',
  'a{0,3}',
  'a{3,}',
  '{a}',
  '<a>',
  '[a&b]',
  '[+--]',
  '[[:alpha:]]',
  '\\b\\{start}',
  '/etc/passwd',
  '/a/b/',
  '/etc/',
  '\\/a|b/',
  '100%',
  '[<>]',
  '\\bstart',
])('does not warn of %s in a regular expression', (text) => {
  expect(listNotices(text, regex)).toEqual([]);
});

test('a policy has a warning at the pattern, which a comment silences', () => {
  const policy = (rule: string) => `policy p\ncontext { a: String }\nfor any {\n${rule}\n}`;
  const rule = 'permit ok when context.a matches glob"x/@(a|b)"';
  const { found, warned } = checkText(policy(rule));
  expect(found).toEqual([]);
  expect(warned).toEqual([
    expect.stringMatching(/^foreign-pattern «@\(a\|b\)» `@\(…\)` is an extended glob/),
  ]);
  const allowed = checkText(policy(`// allow foreign-pattern: files are called so\n${rule}`));
  expect([allowed.found, allowed.warned]).toEqual([[], []]);
});

test.each([
  ['[!/]', '[!/]', 'write `?`'],
  ['a[!\\/]', '[!\\/]', 'write `?`'],
  ['[/]', '/', 'write `/`'],
  ['[!/a]', '/', 'remove it'],
  ['[[:alpha:]]*', '[[:alpha:]', 'write the characters'],
])('says what to write instead of %s', (text, underlined, help) => {
  const made = glob(text);
  expect(refusal(text, made)).toContain(`bad-pattern «${underlined}»`);
  expect('help' in made && made.help?.startsWith(help)).toBe(true);
});

test('suggests the Unicode class for the names of other engines', () => {
  const helps = ['Script=Greek', 'IsGreek', 'greek', 'sc=Greek', 'uppercase letter', 'Alphabetic']
    .map((name) => regex(`\\p{${name}}`))
    .map((made) => ('help' in made ? made.help : undefined));
  expect(helps).toEqual([
    ...Array(4).fill('write `\\p{Greek}`'),
    'write `\\p{Uppercase_Letter}`',
    'write `\\p{L}`',
  ]);
});

test('reports a possessive repetition', () => {
  expect(refusal('a*+', regex('a*+'))).toBe(
    'bad-pattern «+» a possessive repetition has no meaning in RE2',
  );
});

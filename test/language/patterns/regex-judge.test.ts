// Compares regular expressions with re2js, another implementation of RE2 with the same version of Unicode: both
// reject the same generated patterns, and on strings near each pattern re2js, the defining automaton, the automaton
// over bytes and the library of the module match the same.

import { isPattern, type Pattern } from '@nhipol/language/types';
import { createRandomNumbers } from '@nhipol/testing';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { expect, test } from 'vitest';
import { generatePatternTexts } from '../../../assurance/testing/generate/pattern-strings.ts';
import { encodeAutomaton } from '../../../compiler/emit/data/patterns.ts';
import { listUnicodeClassNames } from '../../../language/types/patterns/unicode/unicode.ts';
import { matchesBytes, regex, requirePattern } from '../../support/arbitraries/patterns.ts';
import { Library } from '../../support/modules/assembly-harness.ts';
import '../../support/seed.ts';

const library = await Library.load();

const characters = [
  ...'aAkKsS019_-./ \n\tß',
  '\u017f',
  '\u212a',
  'É',
  'é',
  'Σ',
  'ς',
  'σ',
  '漢',
  '😀',
  '\u0345',
];
const atoms = [
  ...characters,
  '.',
  '\\.',
  '\\x41',
  '\\x{1F600}',
  '\\n',
  '\\101',
  '\\0',
  '\\a',
  '\\_',
  '\\-',
  '\\Qa.b\\E',
  '\\Q*',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '\\s',
  '\\S',
  '\\pL',
  '\\PL',
  '\\p{Greek}',
  '\\p{^Greek}',
  '\\P{^Lu}',
  '\\p{Lu}',
  '\\pN',
  '\\p{Any}',
  '\\p{Cn}',
  '\\pC',
  '\\p{Han}',
  '\\PC',
  '\\p{Nd}',
  '\\pZ',
  '[a-k]',
  '[^a-k]',
  '[]a]',
  '[^]a]',
  '[a-]',
  '[-a]',
  '[a-b-k]',
  '[+--]',
  '[[:alpha:]]',
  '[[:^word:]]',
  '[\\d_]',
  '[\\D]',
  '[^\\w\\s]',
  '[\\pL\\-]',
  '[^\\p{Lu}]',
  '[\\P{Lu}k]',
  '[[:punct:]é-σ]',
  '[\\n]',
  '[[a]',
  '^',
  '$',
  '\\A',
  '\\z',
  '\\b',
  '\\B',
  '(?m:^)',
  '(?m:$)',
  '(?i)',
  '(?-i)',
  '(?s)',
  '(?m)',
  '(?U)',
  '(?i-s)',
];
/** Notation that RE2 rejects or interprets in its own way. */
const oddities = [
  '\\1',
  '\\8',
  '\\Z',
  '\\C',
  '\\q',
  '\\E',
  '\\p',
  '\\p{',
  '\\p{Nope}',
  '\\pX',
  '\\x',
  '\\x{110000}',
  '\\x4',
  '(?=a)',
  '(?!a)',
  '(?<=a)',
  '(?<!a)',
  '(?P=n)',
  '(?>a)',
  '(?#a)',
  '(?i-)',
  '(?-)',
  '(?)',
  '(?z)',
  '(?i',
  '[b-a]',
  '[a',
  '[',
  ']',
  '[]',
  '[^]',
  '[a-\\d]',
  '[[:nope:]]',
  '[\\b]',
  '[\\Qa\\E]',
  '(',
  ')',
  '()',
  '|',
  '*',
  '+',
  '?',
  '**',
  'a{2}{3}',
  'a*?',
  'a+??',
  '{',
  '}',
  '{,2}',
  '{2',
  'a{2,1}',
  'a{1001}',
  'a{0}',
  'a{01}',
  '(?:a{40}){30}',
  '(?:a{2}){0}',
  '^*',
  '(?i)*',
  '\\b+',
  '(?:)',
  '(?:^)*',
  '\\',
  '(?::a)',
  'a{,}',
  'x{0,2}',
];

const pattern = fc.letrec<{ pattern: string; term: string }>((tie) => ({
  pattern: fc.array(tie('term'), { maxLength: 4 }).map((terms) => terms.join('')),
  term: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 10, arbitrary: fc.constantFrom(...atoms) },
    { weight: 1, arbitrary: fc.constantFrom(...oddities) },
    {
      weight: 4,
      arbitrary: fc
        .tuple(tie('term'), fc.constantFrom('*', '+', '?', '*?', '{2}', '{0,2}', '{1,}', '{3}?'))
        .map(([term, operator]) => `(?:${term})${operator}`),
    },
    {
      weight: 3,
      arbitrary: fc
        .tuple(
          fc.constantFrom('', '?:', '?i:', '?s:', '?m:', '?im:', '?-i:', '?U:'),
          tie('pattern'),
        )
        .map(([kind, inner]) => `(${kind}${inner})`),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(tie('pattern'), tie('pattern')).map(([a, b]) => `(?:${a}|${b})`),
    },
  ),
})).pattern;

/** The pattern in re2js, or `undefined` if it rejects the pattern. */
function judge(text: string): RE2JS | undefined {
  try {
    return RE2JS.compile(text);
  } catch {
    return undefined;
  }
}

const plainText = fc.string({ unit: fc.constantFrom(...characters), maxLength: 6 });

/** Larger automata do not fit into the memory of the test and are not run in the module. */
const maxBytes = 200_000;

function inModule(encoded: Uint8Array, text: string): boolean {
  library.begin('');
  const automaton = library.put(encoded);
  const { pointer, length } = library.put(text);
  return library.exports.matches(pointer, length, automaton.pointer) === 1;
}

/** Compares the matchers on the strings, and returns the number of matches. */
function compare(made: Pattern, other: RE2JS, texts: readonly string[]): number {
  const encoded = encodeAutomaton(made.bytes);
  let matched = 0;
  for (const text of texts) {
    const expected = other.matches(text);
    const found = {
      defining: made.matches(text),
      bytes: matchesBytes(made.bytes, text),
      module: encoded.length > maxBytes ? expected : inModule(encoded, text),
    };
    expect({ pattern: made.source.text, text, ...found }).toEqual({
      pattern: made.source.text,
      text,
      defining: expected,
      bytes: expected,
      module: expected,
    });
    matched += Number(expected);
  }
  return matched;
}

/** The features of patterns. Each must occur in a pattern that matched a string. */
const features: Readonly<Record<string, RegExp>> = {
  anchor: /\^|\$|\\[Az]/,
  boundary: /\\[bB]/,
  'ignoring case': /\(\?i/,
  'any character': /\(\?s/,
  'by lines': /\(\?i?m/,
  class: /\[[^:]/,
  'class of ASCII': /\[:/,
  category: /\\[pP]/,
  repetition: /\{\d/,
  'lazy repetition': /[*}]\?/,
};

test('re2js rejects and matches the same', () => {
  const counts = { refused: 0, tooLarge: 0, matched: 0, missed: 0 };
  const seen = new Map<string, number>();
  const property = fc.property(
    pattern,
    fc.array(plainText, { maxLength: 5 }),
    fc.nat(),
    (text, texts, seed) => {
      const [made, other] = [regex(text), judge(text)];
      if (!isPattern(made) && made.code === 'pattern-too-large' && other !== undefined) {
        counts.tooLarge += 1;
        return;
      }
      expect({ text, refused: !isPattern(made) }).toEqual({ text, refused: other === undefined });
      if (!isPattern(made) || other === undefined) {
        counts.refused += 1;
        return;
      }
      const samples = [...texts, '', ...generatePatternTexts(made, createRandomNumbers(seed), 16)];
      const matched = compare(made, other, samples);
      counts.matched += matched;
      counts.missed += samples.length - matched;
      if (matched === 0) return;
      for (const [name, form] of Object.entries(features)) {
        if (form.test(text)) seen.set(name, (seen.get(name) ?? 0) + 1);
      }
    },
  );
  fc.assert(property, { numRuns: Number(process.env.NHIPOL_PATTERNS ?? 400) });
  expect(counts.refused).toBeGreaterThan(30);
  expect(counts.matched).toBeGreaterThan(800);
  expect(counts.missed).toBeGreaterThan(800);
  expect(counts.tooLarge).toBeLessThan(20);
  for (const name of Object.keys(features)) expect(seen.get(name), name).toBeGreaterThan(2);
});

test('a Unicode class has the same characters in re2js, with and without case', () => {
  const counts = { matched: 0, missed: 0 };
  const written = fc
    .tuple(
      fc.constantFrom('', '(?i)'),
      fc.constantFrom(...listUnicodeClassNames()),
      fc.constantFrom('\\p{N}', '\\P{N}', '[^\\p{N}]', '[\\p{N}k]', '[\\P{N}σ]'),
    )
    .map(([flag, name, form]) => `${flag}${form.replace('N', name)}`);
  const property = fc.property(written, fc.nat(), (text, seed) => {
    const made = requirePattern(regex(text));
    const samples = generatePatternTexts(made, createRandomNumbers(seed), 40);
    const matched = compare(made, RE2JS.compile(text), samples);
    counts.matched += matched;
    counts.missed += samples.length - matched;
  });
  fc.assert(property, { numRuns: 150 });
  expect(counts.matched).toBeGreaterThan(1_000);
  expect(counts.missed).toBeGreaterThan(1_000);
});

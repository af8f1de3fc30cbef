// Globs that need no automaton: the module matches them segment by segment, and must agree with the automaton that
// defines them; their automata are within the limits, since nothing reports a problem when they are built later.

import type { Pattern } from '@nhipol/language/types';
import { createRandomNumbers } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generatePatternTexts } from '../../assurance/testing/generate/pattern-strings.ts';
import { encodePattern } from '../../compiler/emit/data/patterns.ts';
import { byteStateLimit } from '../../language/types/patterns/automata/byte-automaton.ts';
import { glob, requirePattern } from '../support/arbitraries/patterns.ts';
import { Library } from '../support/modules/assembly-harness.ts';

const library = await Library.load();

function matchInModule(
  pattern: Pattern,
  texts: readonly string[],
): readonly (readonly [string, boolean])[] {
  return texts.map((text) => {
    library.begin('');
    const { pointer: at } = library.put(encodePattern(pattern));
    const { pointer, length } = library.put(text);
    return [text, library.exports.matches(pointer, length, at) !== 0];
  });
}

function matchInEvaluator(
  pattern: Pattern,
  texts: readonly string[],
): readonly (readonly [string, boolean])[] {
  return texts.map((text) => [text, pattern.matches(text)]);
}

const unusual = [
  '',
  '/',
  '//',
  '.',
  '..',
  './',
  '../',
  '/.',
  '/..',
  'a/',
  '/a',
  'a//b',
  'é',
  '😀/é',
];

test.each([
  'a',
  '*',
  'a*',
  '*a',
  'a*a',
  '.*',
  '*.',
  '..',
  './*',
  'a/b',
  '/a/*',
  'a/*/b',
  '*/*/*',
  'a/',
  '/',
  '**',
  '/**',
  'a/**',
  '**/a',
  '**/*.ts',
  '**/.ssh/*',
  'a/**/b',
  'a/**/b*/*c',
  '/é*é/**/😀',
  'ns/team-1/sa/*',
])('matches %s like its automaton', (text) => {
  const pattern = requirePattern(glob(text));
  expect(pattern.segments).toBeDefined();
  const texts = [...unusual, ...generatePatternTexts(pattern, createRandomNumbers(7), 200)];
  expect(matchInModule(pattern, texts)).toEqual(matchInEvaluator(pattern, texts));
});

const affix = fc.string({ unit: fc.constantFrom('a', 'b', '.', 'é'), maxLength: 3 });
const segment = fc.oneof(
  affix,
  fc.tuple(affix, affix).map(([before, after]) => `${before}*${after}`),
  fc.constant('**'),
);

const globs = fc
  .tuple(fc.array(segment, { minLength: 1, maxLength: 6 }), fc.constantFrom('/', '.', ':', '-'))
  .map(([parts, separator]) => {
    const text = parts.map((part) => part.replaceAll(separator, 'c')).join(separator);
    return requirePattern(glob(text, { separator }));
  });

test('globs of any segments are matched like their automata', () => {
  fc.assert(
    fc.property(globs, fc.array(affix, { maxLength: 8 }), (pattern, parts) => {
      fc.pre(pattern.segments !== undefined);
      const { separator } = pattern.source;
      const own = parts.join(separator);
      const texts = [
        own,
        `${separator}${own}`,
        ...unusual,
        ...generatePatternTexts(pattern, createRandomNumbers(3), 20),
      ];
      expect(matchInModule(pattern, texts)).toEqual(matchInEvaluator(pattern, texts));
    }),
    { numRuns: 300 },
  );
});

test.each(['a*b*c', '**/a/**', '**/a/b/c', '[ab]', '{a,b}', 'a?', '\\*', '**//a', 'a'.repeat(257)])(
  '%s needs an automaton',
  (text) => {
    expect(requirePattern(glob(text)).segments).toBeUndefined();
  },
);

test.each([
  'a'.repeat(256),
  '￿'.repeat(256),
  '😀'.repeat(128),
  `*${'a'.repeat(255)}`,
  `${'ab'.repeat(64)}*${'ab'.repeat(63)}`,
  `**/${'a'.repeat(126)}/*${'a'.repeat(125)}`,
  `**/*${'a'.repeat(125)}/*${'a'.repeat(125)}`,
  `**/*${'é'.repeat(125)}/${'é'.repeat(60)}*${'é'.repeat(60)}`,
  `${'*/'.repeat(127)}*`,
  `${'*/'.repeat(120)}**/*/*`,
  `**/*${'.'.repeat(125)}/*${'.'.repeat(125)}`,
])('the automata of %s are within the limits', (text) => {
  const pattern = requirePattern(glob(text));
  expect(pattern.segments).toBeDefined();
  expect(pattern.bytes.states).toBeLessThan(byteStateLimit);
  expect(pattern.dfa.accepting.length).toBeGreaterThan(1);
});

// Compares globs with a backtracking matcher, which expands alternatives and matches the segments of glob and
// string one by one. Both automata must agree with it.

import { createRandomNumbers } from '@nhipol/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { generatePatternTexts } from '../../../assurance/testing/generate/pattern-strings.ts';
import { glob, matchesBytes, requirePattern } from '../../support/arbitraries/patterns.ts';
import '../../support/seed.ts';

type Piece =
  | { readonly kind: 'character'; readonly character: string }
  | { readonly kind: 'one' }
  | { readonly kind: 'many' }
  | { readonly kind: 'class'; readonly negated: boolean; readonly ranges: readonly string[] }
  | { readonly kind: 'alternatives'; readonly of: readonly (readonly Piece[])[] };
type Segment = readonly Piece[] | '**';

const characters = [...'aAkKz1.-_*?[]{},!\\"', '\u212a', 'é', '😀', ' '];

const piece = fc.letrec<{ piece: Piece }>((tie) => ({
  piece: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    {
      weight: 6,
      arbitrary: fc
        .constantFrom(...characters)
        .map((character): Piece => ({ kind: 'character', character })),
    },
    { weight: 2, arbitrary: fc.constant<Piece>({ kind: 'many' }) },
    { weight: 2, arbitrary: fc.constant<Piece>({ kind: 'one' }) },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('class' as const),
        negated: fc.boolean(),
        ranges: fc.array(fc.constantFrom('a', 'k', 'a-k', 'A-z', '0-9', '!', 'é-ü', '+-0'), {
          minLength: 1,
          maxLength: 3,
        }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc
        .array(fc.array(tie('piece'), { maxLength: 2 }), { minLength: 1, maxLength: 3 })
        .map((of): Piece => ({ kind: 'alternatives', of })),
    },
  ),
})).piece;

const segment = fc.oneof(
  { weight: 4, arbitrary: fc.array(piece, { maxLength: 3 }) },
  { weight: 1, arbitrary: fc.constant<Segment>('**') },
);

const isMany = (each: Piece | undefined) => each?.kind === 'many';

/** Removes repeated stars, which would be read as `**`. */
function withoutPairs(pieces: readonly Piece[]): readonly Piece[] {
  return pieces
    .filter((each, at) => !isMany(each) || !isMany(pieces[at - 1]))
    .map((each) =>
      each.kind === 'alternatives' ? { ...each, of: each.of.map(withoutPairs) } : each,
    );
}

function write(pieces: readonly Piece[]): string {
  return pieces.map(writePiece).join('');
}

function writePiece(piece: Piece): string {
  switch (piece.kind) {
    case 'character':
      return piece.character.replace(/[*?[\]{},\\"]/, '\\$&');
    case 'one':
      return '?';
    case 'many':
      return '*';
    case 'class': {
      const ranges = piece.ranges.map((range) => range.replace('!', '\\!'));
      return `[${piece.negated ? '!' : ''}${ranges.join('')}]`;
    }
    case 'alternatives':
      return `{${piece.of.map(write).join(',')}}`;
  }
}

function expandAlternatives(pieces: readonly Piece[]): readonly (readonly Piece[])[] {
  return pieces.reduce<readonly (readonly Piece[])[]>(
    (heads, each) => {
      const tails = each.kind === 'alternatives' ? each.of.flatMap(expandAlternatives) : [[each]];
      return heads.flatMap((head) => tails.map((tail) => [...head, ...tail]));
    },
    [[]],
  );
}

interface Options {
  readonly separator: string;
  readonly ignoringCase: boolean;
}

function foldCase(character: string, { ignoringCase }: Options): string {
  if (!ignoringCase) return character;
  return character === '\u212a' ? 'k' : character.toLowerCase();
}

function inClass(each: Piece & { kind: 'class' }, character: string, options: Options): boolean {
  if (character === options.separator) return false;
  const cases = options.ignoringCase
    ? [
        character,
        character.toLowerCase(),
        character.toUpperCase(),
        ...(foldCase(character, options) === 'k' ? ['k', 'K', '\u212a'] : []),
      ]
    : [character];
  const inside = each.ranges.some((range) => {
    const [first = '', last = first] = [...range].filter((part) => part !== '-' || range === '-');
    return cases.some((one) => {
      const [at, from, to] = [one, first, last].map((part) => part.codePointAt(0) ?? 0);
      return (from ?? 0) <= (at ?? 0) && (at ?? 0) <= (to ?? 0);
    });
  });
  return inside !== each.negated;
}

function matchesPieces(
  pieces: readonly Piece[],
  text: readonly string[],
  options: Options,
): boolean {
  const [first, ...others] = pieces;
  const [character, ...rest] = text;
  if (first === undefined) return text.length === 0;
  if (first.kind === 'many') {
    return (
      matchesPieces(others, text, options) ||
      (character !== undefined && matchesPieces(pieces, rest, options))
    );
  }
  if (character === undefined) return false;
  const taken =
    first.kind === 'one' ||
    (first.kind === 'character' &&
      foldCase(first.character, options) === foldCase(character, options)) ||
    (first.kind === 'class' && inClass(first, character, options));
  return taken && matchesPieces(others, rest, options);
}

const isName = (text: string) => text !== '' && text !== '.' && text !== '..';

function matchesSegments(
  segments: readonly Segment[],
  texts: readonly string[],
  options: Options,
): boolean {
  const [first, ...others] = segments;
  const [text, ...rest] = texts;
  if (first === undefined) return texts.length === 0;
  if (first === '**') {
    const consumes = text !== undefined && isName(text);
    if (others.length === 0) {
      return consumes && (rest.length === 0 || matchesSegments(segments, rest, options));
    }
    return (
      matchesSegments(others, texts, options) ||
      (consumes && matchesSegments(segments, rest, options))
    );
  }
  if (text === undefined) return false;
  const here = expandAlternatives(first).some((pieces) => {
    const wild = pieces.some(({ kind }) => kind !== 'character');
    return (!wild || isName(text)) && matchesPieces(pieces, [...text], options);
  });
  return here && matchesSegments(others, rest, options);
}

/** A leading `**` also matches the root: the empty segment before the first `/`. */
function matchesGlob(segments: readonly Segment[], text: string, options: Options): boolean {
  const texts = text.split(options.separator);
  const [first = '', ...rest] = texts;
  const rooted =
    options.separator === '/' && segments[0] === '**' && first === '' && rest.length > 0;
  return (
    matchesSegments(segments, texts, options) ||
    (rooted && matchesSegments(segments, rest, options))
  );
}

const options = fc.record({
  separator: fc.constantFrom('/', '/', '.', ':'),
  ignoringCase: fc.boolean(),
});
const text = fc.array(
  fc.constantFrom(...characters, '/', '/', '.', '..', ':', '/../', 'a/b', 'a.b'),
  { maxLength: 7 },
);

test('both automata agree with a backtracking matcher', () => {
  const seen = { matched: 0, missed: 0 };
  const segments = fc.array(segment, { minLength: 1, maxLength: 4 });
  const property = fc.property(
    segments,
    options,
    fc.array(text, { maxLength: 4 }),
    fc.nat(),
    (raw, how, texts, seed) => {
      // A segment does not contain the separator.
      const isSeparator = (each: Piece): boolean =>
        each.kind === 'character' && each.character === how.separator;
      const clean = (pieces: readonly Piece[]): readonly Piece[] =>
        withoutPairs(
          pieces
            .filter((each) => !isSeparator(each))
            .map((each) =>
              each.kind === 'alternatives' ? { ...each, of: each.of.map(clean) } : each,
            ),
        );
      const parts = raw.map((each): Segment => (each === '**' ? each : clean(each)));
      const pattern = parts.map((part) => (part === '**' ? part : write(part))).join(how.separator);
      const made = requirePattern(glob(pattern, how));
      for (const each of [
        ...texts.map((one) => one.join('')),
        '',
        ...generatePatternTexts(made, createRandomNumbers(seed), 14),
      ]) {
        const expected = matchesGlob(parts, each, how);
        const found = { defining: made.matches(each), bytes: matchesBytes(made.bytes, each) };
        expect({ pattern, how, text: each, ...found }).toEqual({
          pattern,
          how,
          text: each,
          defining: expected,
          bytes: expected,
        });
        seen[expected ? 'matched' : 'missed'] += 1;
      }
    },
  );
  fc.assert(property, { numRuns: Number(process.env.NHIPOL_PATTERNS ?? 500) });
  expect(seen.matched).toBeGreaterThan(1_000);
  expect(seen.missed).toBeGreaterThan(1_000);
});

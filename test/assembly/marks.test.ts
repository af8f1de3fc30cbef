// The two ways to look through texts, by words and by vectors: the library reads every text alike,
// whichever it was compiled with. A mistake in one of them would be seen.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library, type Variant } from '../support/assembly-harness.ts';

const byWords = await Library.load();
const byVectors = await Library.load({ simd: true });

/** What is special in a string stands anywhere in it, at each distance from words and their marks. */
const content = fc
  .array(
    fc.oneof(
      { weight: 4, arbitrary: fc.nat({ max: 70 }).map((length) => 'x'.repeat(length)) },
      fc.constantFrom(
        '\\"',
        '\\\\',
        '\\n',
        '\\u0041',
        '\\ud83d\\ude00',
        'é',
        'Ü',
        '€',
        '😀',
        '\x7f',
      ),
      fc.constantFrom('"', '\\', '\t', '\0', '\x1f', '\\x', '\\ud800', ' ', '!', '#', ']', ','),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.join(''));

const texts = fc
  .tuple(
    fc.array(fc.tuple(content, content), { maxLength: 5 }),
    fc.option(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { nil: undefined }),
  )
  .map(([members, change]) => {
    const text = `{${members.map(([name, value]) => `"${name}":"${value}"`).join()}}`;
    const bytes = new TextEncoder().encode(text);
    if (change !== undefined) bytes[change[0] % bytes.length] = change[1];
    return bytes;
  });

/** All that a reader can tell of a text: what it is as a value, and each of its bytes as a string's beginning. */
function read(library: Library, text: Uint8Array): unknown {
  const { exports } = library;
  const start = library.begin(text);
  const value = [exports.skipValue(start, 1), library.finding()];
  const strings = Array.from(text, (_, at) => {
    const p = library.begin(text);
    const cell = library.scratch(16);
    const end = exports.readString(p + at, cell, 7, 1, 1);
    return [end, library.finding(), library.cellAt(cell)];
  });
  // As the text of a table, which lies elsewhere and is not the request's.
  const { pointer, length } = library.put(Uint8Array.of(...text, ...new Uint8Array(32)));
  const elsewhere = exports.skipValue(exports.beginText(pointer, length - 32), 1);
  return { value, strings, elsewhere };
}

function readsAlike(other: Library): boolean {
  const property = fc.property(texts, (text) => {
    const [first, second] = [read(byWords, text), read(other, text)];
    return JSON.stringify(first, told) === JSON.stringify(second, told);
  });
  return !fc.check(property, { numRuns: 400 }).failed;
}

function told(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

test('texts are read alike by words and by vectors', () => {
  expect(readsAlike(byVectors)).toBe(true);
});

const mistakes: readonly (readonly [what: string, from: string, to: string])[] = [
  ['other texts', 'isMarked = false', 'isMarked = true'],
  ['backslashes', '0x5c5c5c5c5c5c5c5c, 0x5c', '0x5d5d5d5d5d5d5d5d, 0x5d'],
  ['quotes', '[0x0202', '[0x0203'],
  ['control characters', '0x2121212121212121]', '0x2121212121212120]'],
  ['non-ASCII characters', 'i8x16.lt_s', 'i8x16.lt_u'],
  ['the second half of a word', '(high << 32)', '(high << 31)'],
  ['what lies before', '(p & 31)', '(p & 15)'],
];

test.each(mistakes)('a mistake about %s would be seen', async (_, from, to) => {
  const change: Variant['change'] = (name, source) => {
    if (name !== 'marks.ts') return source;
    expect(source).toContain(from);
    return source.replaceAll(from, to);
  };
  const mistaken = await Library.load({ simd: true, change });
  expect(readsAlike(mistaken)).toBe(false);
});

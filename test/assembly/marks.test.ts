// The two ways to scan documents, by words and by vectors, give the same result for every document.
// Deliberate errors in one of them are detected.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library, type Variant } from '../support/modules/assembly-harness.ts';

const byWords = await Library.load();
const byVectors = await Library.load({ simd: true });

/** Special characters at any position of a string, at each distance from words and their marks. */
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

/** All results of reading a document: as a value, and as a string from each of its bytes. */
function read(library: Library, text: Uint8Array): unknown {
  const { exports } = library;
  const start = library.begin(text);
  const value = [exports.skipValue(start, 1), library.finding()];
  const strings = Array.from(text, (_, at) => {
    const p = library.begin(text);
    const cell = library.scratch(16);
    const end = exports.readString(p + at, cell, 7, 1, 1);
    return [end, library.finding(), library.readCell(cell)];
  });
  // As the document of a table, which has another address and is not the request.
  const { pointer, length } = library.put(Uint8Array.of(...text, ...new Uint8Array(32)));
  const elsewhere = exports.skipValue(exports.beginText(pointer, length - 32), 1);
  return { value, strings, elsewhere };
}

function readsAlike(other: Library): boolean {
  const property = fc.property(texts, (text) => {
    const [first, second] = [read(byWords, text), read(other, text)];
    return JSON.stringify(first, bytesOnly) === JSON.stringify(second, bytesOnly);
  });
  return !fc.check(property, { numRuns: 400 }).failed;
}

function bytesOnly(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}

test('scanning by words and by vectors gives the same result', () => {
  expect(readsAlike(byVectors)).toBe(true);
});

const mistakes: readonly (readonly [what: string, from: string, to: string])[] = [
  ['other texts', 'isMarked = false', 'isMarked = true'],
  ['backslashes', '0x5c5c5c5c5c5c5c5c, 0x5c', '0x5d5d5d5d5d5d5d5d, 0x5d'],
  ['quotes', '[0x0202', '[0x0203'],
  ['control characters', '0x2121212121212121]', '0x2121212121212120]'],
  ['non-ASCII characters', 'i8x16.lt_s', 'i8x16.lt_u'],
  ['the second half of a word', '(high << 32)', '(high << 31)'],
  ['marks before the position', '(p & 31)', '(p & 15)'],
];

test.each(mistakes)('detects an error about %s', async (_, from, to) => {
  const change: Variant['change'] = (name, source) => {
    if (name !== 'reading/marks.ts') return source;
    expect(source).toContain(from);
    return source.replaceAll(from, to);
  };
  const mistaken = await Library.load({ simd: true, change });
  expect(readsAlike(mistaken)).toBe(false);
});

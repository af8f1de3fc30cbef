// Compares the strict JSON reader with JSON.parse, and the positions of its errors with the reference
// reader.

import { readJson } from '@nhipol/language';
import { requestErrors } from '@nhipol/runtime/abi';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library } from '../support/modules/assembly-harness.ts';

const library = await Library.load();
const { exports } = library;

/** Reads a whole document as one value; returns the error, if any. */
function fault(text: string | Uint8Array): { code: number; offset: number } | undefined {
  let p = library.begin(text);
  if (p !== 0) p = exports.skipValue(p, 1);
  if (p !== 0) p = exports.expectEnd(p);
  const finding = library.finding();
  expect(p === 0).toBe(finding !== undefined);
  return finding && { code: finding.code, offset: finding.offset };
}

/**
 * Whether it is valid by JSON.parse, and by the checks that JSON.parse does not make: UTF-8, surrogates,
 * depth.
 */
function isStrictJson(bytes: Uint8Array): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return !hasLoneSurrogate(text) && levels(JSON.parse(text)) <= 16;
  } catch {
    return false;
  }
}

/** Whether an escape in valid JSON is a lone surrogate. */
function hasLoneSurrogate(text: string): boolean {
  const rest = text
    .replace(/\\[^u]/g, ' ')
    .replace(/\\ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}/gi, '');
  return /\\ud[89a-f]/i.test(rest);
}

function levels(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(levels));
}

const validText = fc
  .tuple(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom('', ' ', '\t', '          '))
  .map(([value, indent]) => JSON.stringify(value, null, indent));

const criticalParts = [
  '\0',
  '"',
  '\\',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '0',
  '1',
  '-',
  '.',
  'e',
  'E',
  '+',
  ' ',
  '\n',
  't',
  '\\u',
  '\\ud800',
  '\\udc00',
  '\\ud83d\\ude00',
  '\\n',
  '\\x',
  'true',
  'null',
  'fals',
  'é',
  '€',
  '😀',
  '\x1f',
  '\x7f',
  '\ufeff',
  '[[[[[[[[[[[[[[[[',
  '01',
  '1.',
  '-0',
  '1e',
  '"":',
].map((text) => new TextEncoder().encode(text));
const brokenBytes = [
  [0x80],
  [0xc0, 0x80],
  [0xc1, 0xbf],
  [0xe0, 0x9f, 0xbf],
  [0xed, 0xa0, 0x80],
  [0xf0, 0x8f, 0xbf, 0xbf],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5],
  [0xff],
  [0xe2, 0x82],
  [0xf0, 0x9f, 0x98],
  [0xc3],
].map((bytes) => Uint8Array.from(bytes));

const mutation = fc.record({
  at: fc.nat({ max: 400 }),
  removed: fc.nat({ max: 3 }),
  added: fc.oneof(
    { arbitrary: fc.constantFrom(...criticalParts, ...brokenBytes), weight: 4 },
    { arbitrary: fc.uint8Array({ maxLength: 3 }), weight: 1 },
  ),
});

const mutatedText = fc
  .tuple(validText, fc.array(mutation, { minLength: 1, maxLength: 3 }))
  .map(([text, mutations]) => {
    let bytes = new TextEncoder().encode(text);
    for (const { at, removed, added } of mutations) {
      const place = at % (bytes.length + 1);
      bytes = Uint8Array.from([
        ...bytes.subarray(0, place),
        ...added,
        ...bytes.subarray(place + removed),
      ]);
    }
    return bytes;
  });

test('accepts the output of JSON.stringify', () => {
  fc.assert(
    fc.property(validText, (text) => {
      expect(fault(text)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

test('agrees with JSON.parse on mutated documents', () => {
  fc.assert(
    fc.property(mutatedText, (bytes) => {
      expect(fault(bytes) === undefined).toBe(isStrictJson(bytes));
    }),
    { numRuns: 4_000 },
  );
});

test('agrees with JSON.parse on strings of critical parts', () => {
  const pieces = fc.array(fc.constantFrom(...criticalParts, ...brokenBytes), { maxLength: 5 });
  const text = fc
    .tuple(fc.nat({ max: 17 }), pieces)
    .map(([plain, added]) =>
      Uint8Array.from([
        0x22,
        ...Array(plain).fill(0x61),
        ...added.flatMap((piece) => [...piece]),
        0x22,
      ]),
    );
  fc.assert(
    fc.property(text, (bytes) => {
      expect(fault(bytes) === undefined).toBe(isStrictJson(bytes));
    }),
    { numRuns: 3_000 },
  );
});

test('reports errors with the same code and position as the reference reader', () => {
  fc.assert(
    fc.property(mutatedText, (bytes) => {
      const read = readJson(bytes);
      const expected =
        'code' in read ? { code: requestErrors[read.code].number, offset: read.offset } : undefined;
      expect(fault(bytes)).toEqual(expected);
    }),
    { numRuns: 2_000 },
  );
});

test.each<[string, number, number]>([
  ['', 1, 0],
  ['  ', 1, 2],
  ['tru', 1, 0],
  ['truth', 1, 0],
  ['01', 1, 1],
  ['1.', 1, 2],
  ['[1.e5]', 1, 3],
  ['-', 1, 1],
  ['1e+', 1, 3],
  ['[1,]', 1, 3],
  ['{"a":1,}', 1, 7],
  ['{"a" 1}', 1, 5],
  ['{1:2}', 1, 1],
  ['"a', 1, 2],
  ['"a\nb"', 1, 2],
  ['"ab\\qc"', 1, 3],
  ['"\\u12g4"', 1, 1],
  ['"x\\ud800"', 3, 2],
  ['"\\udc00"', 3, 1],
  ['"\\ud800\\u0041"', 3, 1],
  ['"\\ud83d\\ud83d"', 3, 1],
  ['null null', 1, 5],
  ['é', 1, 0],
  ['[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]', 4, 16],
])('the error of %j is code %i at byte %i', (text, code, offset) => {
  expect(fault(text)).toEqual({ code, offset });
});

test('reports invalid UTF-8 at its first byte', () => {
  expect(fault(Uint8Array.from([0x22, 0x61, 0xe2, 0x82, 0x22]))).toEqual({ code: 2, offset: 2 });
  expect(fault(Uint8Array.from([0x22, 0xf0, 0x9f]))).toEqual({ code: 2, offset: 1 });
});

test('accepts sixteen levels', () => {
  expect(fault('[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]')).toBeUndefined();
});

test('accepts a document of maximum length, and refuses one byte more', () => {
  expect(fault(`"${'x'.repeat(65_534)}"`)).toBeUndefined();
  expect(fault(`"${'x'.repeat(65_533)}\0`)).toEqual({ code: 1, offset: 65_534 });
  expect(fault('x'.repeat(65_537))).toEqual({ code: 5, offset: 0 });
});

test('reads strings as JSON.parse does, in place if they have no escapes', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => JSON.stringify(text).slice(1, -1)),
    fc.constantFrom(
      '\\/',
      '\\b\\f\\r\\t',
      '\\u0000',
      '\\u00E9',
      '\\u20ac',
      '\\uD83D\\uDE00',
      '\\uFFFF',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
      const text = `"${pieces.join('')}"`;
      const p = library.begin(text);
      const end = exports.readText(p);
      expect(end).toBe(p + new TextEncoder().encode(text).length);
      const run = { pointer: exports.textPtr.value, length: exports.textLen.value };
      expect(library.readText(run)).toBe(JSON.parse(text));
      expect(run.pointer === p + 1).toBe(!text.includes('\\'));
    }),
    { numRuns: 1_500 },
  );
});

// Compares Decimals with BigInt arithmetic: parsing, multiplication and division, with results near
// halves of a millionth and near the limits of 64 bits.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library } from '../support/modules/assembly-harness.ts';
import {
  factors,
  fits,
  least,
  most,
  nearest,
  numbers,
  one,
  readDecimal,
  value,
} from '../support/references/decimal-reference.ts';

const library = await Library.load();
const { exports } = library;

// --- reading -------------------------------------------------------------------------------------

function read(text: string): bigint | 'unknown' {
  const p = library.begin(text);
  const cell = library.scratch(16);
  library.writeCell(cell, 77n);
  expect(exports.readDecimal(p, cell, 9, 2, 1) - exports.INPUT.value).toBe(text.length);
  expect(library.finding()).toBeUndefined();
  const { known, presence, value } = library.readCell(cell);
  expect(presence).toBe(1);
  return known === 1 ? value : 'unknown';
}

test('parses a number to the nearest millionth, and rounds a half to even', () => {
  const property = fc.property(numbers, (text) => {
    expect(read(text)).toBe(readDecimal(text));
  });
  fc.assert(property, { numRuns: 6_000 });
});

test.each<[string, bigint | 'unknown']>([
  ['12.5', 12_500_000n],
  ['-0', 0n],
  ['-0.0000001', 0n],
  ['0.0000005', 0n],
  ['0.0000015', 2n],
  ['-0.0000015', -2n],
  ['0.00000050000000000000000001', 1n],
  ['1e-7', 0n],
  ['5e-7', 0n],
  ['15e-7', 2n],
  ['6e-7', 1n],
  ['6e-8', 0n],
  ['1.5e3', 1_500_000_000n],
  ['999999999999', 999_999_999_999_000_000n],
  ['9223372036854.775807', most],
  ['9223372036854.7758074', most],
  ['9223372036854.7758075', 'unknown'],
  ['-9223372036854.775808', least],
  ['-9223372036854.7758085', least],
  ['-9223372036854.77580851', 'unknown'],
  ['1e13', 'unknown'],
  ['1e400', 'unknown'],
  ['1e-400', 0n],
])('parses the decimal %s', (text, expected) => {
  expect(read(text)).toBe(expected);
  expect(readDecimal(text)).toBe(expected);
});

test('a value outside its range is unknown', () => {
  const cell = library.scratch(16);
  const isKnownInRange = (value: bigint) => {
    library.writeCell(cell, value);
    exports.checkRange(cell, -5n, 100n);
    return library.readCell(cell).known === 1;
  };
  expect([-6n, -5n, 0n, 100n, 101n].map(isKnownInRange)).toEqual([false, true, true, true, false]);
});

// --- arithmetic ----------------------------------------------------------------------------------

function check(result: bigint, exact: bigint | undefined): void {
  const known = exact !== undefined && fits(exact);
  expect(exports.ok.value).toBe(known ? 1 : 0);
  if (known) expect(result).toBe(exact);
}

test('a product is rounded once, half to even', () => {
  const property = fc.property(factors, fc.boolean(), ([a, b], negate) => {
    const left = negate && a !== least ? -a : a;
    check(exports.decimalProduct(left, b), nearest(left * b, one));
  });
  fc.assert(property, { numRuns: 6_000 });
});

test('a product that is rounded up past the largest value is not ok', () => {
  const [a, b] = [9_223_335_143_514_201_751n, 1_000_004n];
  expect((a * b) / one).toBe(most);
  check(exports.decimalProduct(a, b), undefined);
  check(exports.decimalProduct(-a, b), least);
  const [c, d] = [23_408_918_229_537_421n, 2_538n];
  expect((c * one) / d).toBe(most);
  check(exports.decimalQuotient(c, d), undefined);
});

test('a quotient is rounded once, half to even; division by zero is not ok', () => {
  const property = fc.property(factors, ([a, b]) => {
    check(exports.decimalQuotient(a, b), b === 0n ? undefined : nearest(a * one, b));
    check(exports.decimalShare(a, b), b === 0n ? undefined : nearest(a, b));
  });
  fc.assert(property, { numRuns: 6_000 });
});

test('converts an Int to a Decimal if it fits', () => {
  const property = fc.property(value, (a) => {
    check(exports.toMillionthsChecked(a), a * one);
  });
  fc.assert(property, { numRuns: 1_000 });
});

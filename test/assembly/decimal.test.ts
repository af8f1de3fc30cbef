// Decimals against BigInt arithmetic: read from their digits, multiplied and divided, with results
// near halves of a millionth and near what 64 bits hold.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Library } from '../support/assembly-harness.ts';

const library = await Library.load();
const { exports } = library;

const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;
const one = 1_000_000n;

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** The nearest integer, and the even one of two that are equally near. */
function nearest(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const [above, below] = [absolute(numerator), absolute(denominator)];
  const floor = above / below;
  const twice = 2n * (above - floor * below);
  const magnitude = twice > below || (twice === below && floor % 2n === 1n) ? floor + 1n : floor;
  return negative ? -magnitude : magnitude;
}

const fits = (value: bigint) => value >= least && value <= most;

// --- reading -------------------------------------------------------------------------------------

function read(text: string): bigint | 'unknown' {
  const p = library.begin(text);
  const cell = library.scratch(16);
  library.writeCell(cell, 77n);
  expect(exports.readDecimal(p, cell, 9, 2, 1) - exports.INPUT.value).toBe(text.length);
  expect(library.finding()).toBeUndefined();
  const { known, presence, value } = library.cellAt(cell);
  expect(presence).toBe(1);
  return known === 1 ? value : 'unknown';
}

function meant(text: string): bigint | 'unknown' {
  const [, sign, whole = '', fraction = '', power = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const shift = Number(power) - fraction.length + 6;
  const digits = BigInt(whole + fraction) * (sign === '-' ? -1n : 1n);
  const value = shift >= 0 ? digits * 10n ** BigInt(shift) : nearest(digits, 10n ** BigInt(-shift));
  return fits(value) ? value : 'unknown';
}

const digits = (maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0012459'), minLength: 1, maxLength });
const whole = fc.oneof(
  digits(21).map((text) => text.replace(/^0+(?=.)/, '')),
  fc.constantFrom('0', '9223372036854', '9223372036855', '999999999999', '1000000000000'),
);
/** Six digits, and then a half, or nearly one. */
const half = fc
  .tuple(digits(6), fc.constantFrom('5', '50', '500001', '4999999', '49', '51', '50000000001'))
  .map(([first, then]) => first.padStart(6, '0') + then);
const numbers = fc
  .record({
    sign: fc.constantFrom('', '-'),
    whole,
    fraction: fc.oneof(
      fc.constantFrom('', '775807', '775808', '7758074999', '7758075', '7758085'),
      digits(20),
      half,
    ),
    power: fc.oneof(
      fc.constantFrom('', '', 'e0', 'E+3', 'e-7'),
      fc.integer({ min: -30, max: 30 }).map((exponent) => `e${exponent}`),
    ),
  })
  .map((parts) => {
    const fraction = parts.fraction === '' ? '' : `.${parts.fraction}`;
    return `${parts.sign}${parts.whole}${fraction}${parts.power}`;
  });

test('a number is read to the nearest millionth, from the middle to the even one', () => {
  const property = fc.property(numbers, (text) => {
    expect(read(text)).toBe(meant(text));
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
])('the decimal %s', (text, expected) => {
  expect(read(text)).toBe(expected);
  expect(meant(text)).toBe(expected);
});

test('a value outside its range is unknown', () => {
  const cell = library.scratch(16);
  const kept = (value: bigint) => {
    library.writeCell(cell, value);
    exports.keepWithin(cell, -5n, 100n);
    return library.cellAt(cell).known === 1;
  };
  expect([-6n, -5n, 0n, 100n, 101n].map(kept)).toEqual([false, true, true, true, false]);
});

// --- arithmetic ----------------------------------------------------------------------------------

function check(result: bigint, exact: bigint | undefined): void {
  const known = exact !== undefined && fits(exact);
  expect(exports.ok.value).toBe(known ? 1 : 0);
  if (known) expect(result).toBe(exact);
}

const value = fc.oneof(
  fc.constantFrom(least, least + 1n, -one, -1n, 0n, 1n, 2n, 5n, 500_000n, one, most - 1n, most),
  fc.bigInt({ min: least, max: most }),
  fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }),
  fc.bigInt({ min: -3_037_000_499_900_000n, max: 3_037_000_500_100_000n }),
  fc.bigInt({ min: -3_000_000n, max: 3_000_000n }),
);
/** Pairs whose product lies near a half of a millionth, or near the largest that 64 bits hold. */
const factors = fc.oneof(
  fc.tuple(value, value),
  fc.tuple(
    fc.bigInt({ min: -999_999n, max: 999_999n }).map((n) => n * 2n + 1n),
    fc.constantFrom(500_000n, -500_000n, 1_500_000n, 250_000n, 31_250n),
  ),
  fc
    .tuple(fc.bigInt({ min: 1n, max: most }), fc.bigInt({ min: -2n, max: 2n }))
    .map(([a, near]): [bigint, bigint] => [a, (most * one) / a + near])
    .filter(([, b]) => fits(b)),
);

test('a product is rounded once, half to even', () => {
  const property = fc.property(factors, fc.boolean(), ([a, b], negate) => {
    const left = negate && a !== least ? -a : a;
    check(exports.decimalProduct(left, b), nearest(left * b, one));
  });
  fc.assert(property, { numRuns: 6_000 });
});

test('a quotient is rounded once, half to even; by zero there is none', () => {
  const property = fc.property(factors, ([a, b]) => {
    check(exports.decimalQuotient(a, b), b === 0n ? undefined : nearest(a * one, b));
    check(exports.decimalShare(a, b), b === 0n ? undefined : nearest(a, b));
  });
  fc.assert(property, { numRuns: 6_000 });
});

test('an Int as a Decimal, where it fits', () => {
  const property = fc.property(value, (a) => {
    check(exports.toMillionthsChecked(a), a * one);
  });
  fc.assert(property, { numRuns: 1_000 });
});

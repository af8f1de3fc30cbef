// An independent implementation of Decimals with BigInt: reading JSON numbers, and arithmetic. Also
// generates numbers as strings, with results near halves of a millionth and near the limits of 64 bits.

import fc from 'fast-check';

export const least = -(2n ** 63n);
export const most = 2n ** 63n - 1n;
/** One in millionths. */
export const one = 1_000_000n;

export const fits = (value: bigint) => value >= least && value <= most;

function absolute(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** The nearest integer, or the even one of two that are equally near. */
export function nearest(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const [above, below] = [absolute(numerator), absolute(denominator)];
  const floor = above / below;
  const twice = 2n * (above - floor * below);
  const magnitude = twice > below || (twice === below && floor % 2n === 1n) ? floor + 1n : floor;
  return negative ? -magnitude : magnitude;
}

/** Whether the exact quotient is in the middle between two integers. */
export function isHalf(numerator: bigint, denominator: bigint): boolean {
  return numerator % denominator !== 0n && (2n * numerator) % denominator === 0n;
}

/** A JSON number in millionths. */
export function readDecimal(text: string): bigint | 'unknown' {
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
/** Six digits followed by a half, or almost a half. */
const half = fc
  .tuple(digits(6), fc.constantFrom('5', '50', '500001', '4999999', '49', '51', '50000000001'))
  .map(([first, then]) => first.padStart(6, '0') + then);

/** JSON numbers. */
export const numbers: fc.Arbitrary<string> = fc
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

/** Numbers of millionths. */
export const value: fc.Arbitrary<bigint> = fc.oneof(
  fc.constantFrom(least, least + 1n, -one, -1n, 0n, 1n, 2n, 5n, 500_000n, one, most - 1n, most),
  fc.bigInt({ min: least, max: most }),
  fc.bigInt({ min: -(2n ** 33n), max: 2n ** 33n }),
  fc.bigInt({ min: -3_037_000_499_900_000n, max: 3_037_000_500_100_000n }),
  fc.bigInt({ min: -3_000_000n, max: 3_000_000n }),
);

/** Pairs whose product is near a half of a millionth, or near the limits of 64 bits. */
export const factors: fc.Arbitrary<readonly [bigint, bigint]> = fc.oneof(
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

/** A number of millionths with all of its digits. */
export function writeDecimal(millionths: bigint): string {
  const text = String(absolute(millionths)).padStart(7, '0');
  return `${millionths < 0n ? '-' : ''}${text.slice(0, -6)}.${text.slice(-6)}`;
}

// Decimals: 64-bit counts of millionths, so that every host computes the same results; their scale,
// rounding and shortest form.

/** The number of digits after the decimal point. */
export const decimalDigits = 6;

/** The Decimal 1, in millionths. */
export const decimalOne = 10n ** BigInt(decimalDigits);

/** Divides and rounds to the nearest integer, half to even. */
export function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const [above, below] = [computeMagnitude(numerator), computeMagnitude(denominator)];
  const floor = above / below;
  const twice = 2n * (above % below);
  const up = twice > below || (twice === below && floor % 2n === 1n);
  const nearest = up ? floor + 1n : floor;
  return negative ? -nearest : nearest;
}

function computeMagnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** Formats a Decimal in its shortest form: `12.5`, `12`. */
export function showDecimal(millionths: bigint): string {
  const digits = String(computeMagnitude(millionths)).padStart(decimalDigits + 1, '0');
  const fraction = digits.slice(-decimalDigits).replace(/0+$/, '');
  const whole = `${millionths < 0n ? '-' : ''}${digits.slice(0, -decimalDigits)}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

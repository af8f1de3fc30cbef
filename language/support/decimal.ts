// Decimals: 64-bit counts of millionths, so that every host computes the same. What they are made
// of, how they are rounded and how they are written.

/** Digits behind the point. */
export const decimalDigits = 6;

/** One, in millionths. */
export const decimalOne = 10n ** BigInt(decimalDigits);

/** The nearest integer, and from the middle the even one. */
export function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n !== denominator < 0n;
  const [above, below] = [magnitude(numerator), magnitude(denominator)];
  const floor = above / below;
  const twice = 2n * (above % below);
  const up = twice > below || (twice === below && floor % 2n === 1n);
  const nearest = up ? floor + 1n : floor;
  return negative ? -nearest : nearest;
}

function magnitude(value: bigint): bigint {
  return value < 0n ? -value : value;
}

/** In its shortest form: `12.5`, `12`. */
export function showDecimal(millionths: bigint): string {
  const digits = String(magnitude(millionths)).padStart(decimalDigits + 1, '0');
  const fraction = digits.slice(-decimalDigits).replace(/0+$/, '');
  const whole = `${millionths < 0n ? '-' : ''}${digits.slice(0, -decimalDigits)}`;
  return fraction === '' ? whole : `${whole}.${fraction}`;
}

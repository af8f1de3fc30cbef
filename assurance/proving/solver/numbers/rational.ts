// Exact fractions in lowest terms, with a positive denominator.

import { computeGcd } from '../../formula/linear.ts';

export interface Rational {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

export const zeroRational: Rational = { numerator: 0n, denominator: 1n };

export function createRational(numerator: bigint, denominator = 1n): Rational {
  if (denominator === 1n) return { numerator, denominator };
  const divisor = computeGcd(numerator, denominator) * (denominator < 0n ? -1n : 1n);
  return { numerator: numerator / divisor, denominator: denominator / divisor };
}

export function addRationals(a: Rational, b: Rational): Rational {
  if (a.denominator === 1n && b.denominator === 1n)
    return createRational(a.numerator + b.numerator);
  return createRational(
    a.numerator * b.denominator + b.numerator * a.denominator,
    a.denominator * b.denominator,
  );
}

export function multiplyRationals(a: Rational, b: Rational): Rational {
  return createRational(a.numerator * b.numerator, a.denominator * b.denominator);
}

export function subtractRationals(a: Rational, b: Rational): Rational {
  return addRationals(a, negateRational(b));
}

export function negateRational({ numerator, denominator }: Rational): Rational {
  return { numerator: -numerator, denominator };
}

export function invertRational({ numerator, denominator }: Rational): Rational {
  return createRational(denominator, numerator);
}

/** Negative if `a` is smaller, positive if it is larger. */
export function compare(a: Rational, b: Rational): bigint {
  return a.numerator * b.denominator - b.numerator * a.denominator;
}

export function isInteger({ denominator }: Rational): boolean {
  return denominator === 1n;
}

/** The largest integer that is not larger. */
export function floor({ numerator, denominator }: Rational): bigint {
  const quotient = numerator / denominator;
  return numerator % denominator !== 0n && numerator < 0n ? quotient - 1n : quotient;
}

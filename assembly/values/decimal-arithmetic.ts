// Products and quotients of Decimals, which count millionths: exact in 128 bits, then rounded half to
// even. Returns the result, and `ok` (arith.ts) states whether it fits 64 bits.

import { setOk } from './arith';

const ONE: u64 = 1000000;
const LOW: u64 = 0xffffffff;

/** The product of two words, in two words. */
let high: u64 = 0;
let low: u64 = 0;

/** Multiplies two Decimals. */
export function decimalProduct(a: i64, b: i64): i64 {
  multiply(magnitude(a), magnitude(b));
  return quotient(ONE, (a ^ b) < 0);
}

/** Divides two Decimals; not ok for a division by zero. */
export function decimalQuotient(a: i64, b: i64): i64 {
  multiply(magnitude(a), ONE);
  return quotient(magnitude(b), (a ^ b) < 0);
}

/** Divides a Decimal by an Int; not ok for a division by zero. */
export function decimalShare(a: i64, b: i64): i64 {
  high = 0;
  low = magnitude(a);
  return quotient(magnitude(b), (a ^ b) < 0);
}

/** Also for the smallest integer, whose magnitude does not fit an i64. */
// @ts-ignore: decorator
@inline
function magnitude(value: i64): u64 {
  return <u64>(value < 0 ? -value : value);
}

/** Stores the product in `high` and `low`, by halves; no partial sum overflows. */
function multiply(a: u64, b: u64): void {
  const a1 = a >> 32;
  const a0 = a & LOW;
  const b1 = b >> 32;
  const b0 = b & LOW;
  const lowest = a0 * b0;
  const middle = a1 * b0 + (lowest >> 32);
  const other = a0 * b1 + (middle & LOW);
  high = a1 * b1 + (middle >> 32) + (other >> 32);
  low = (other << 32) | (lowest & LOW);
}

/** Divides the product in `high` and `low` by at most 2^63, rounded half to even. */
function quotient(divisor: u64, negative: bool): i64 {
  setOk(0);
  // Also for a division by zero: above this the quotient exceeds 64 bits.
  if (high >= divisor) return 0;
  let whole: u64 = 0;
  let rest: u64 = high;
  if (high == 0) {
    whole = low / divisor;
    rest = low % divisor;
  } else if (divisor <= LOW) {
    const upper = (rest << 32) | (low >> 32);
    const lower = ((upper % divisor) << 32) | (low & LOW);
    whole = ((upper / divisor) << 32) | (lower / divisor);
    rest = lower % divisor;
  } else {
    // Bit by bit. The rest is less than the divisor, so that doubling it does not overflow.
    for (let bit = 63; bit >= 0; bit -= 1) {
      rest = (rest << 1) | ((low >> bit) & 1);
      whole <<= 1;
      if (rest >= divisor) {
        rest -= divisor;
        whole |= 1;
      }
    }
  }
  const limit = <u64>i64.MAX_VALUE + u64(negative);
  if (whole > limit) return 0;
  const twice = rest << 1;
  if (twice > divisor || (twice == divisor && (whole & 1) == 1)) whole += 1;
  if (whole > limit) return 0;
  setOk(1);
  return negative ? -(<i64>whole) : <i64>whole;
}

// Parses the numbers in strings, as builtins: an Int in decimal digits, and a quantity of Kubernetes in millionths. `ok`
// (arith.ts) states whether there is a value.

import { setOk } from './arith';
import { decimalFits, decimalValue, parseDecimal } from './decimal';

/** An Int with its sign is not longer. */
const MAX_INT_LENGTH: i32 = 20;
/** Exponents saturate here, far above the number of digits that a string can contain. */
const MAX_EXPONENT: i32 = 10000000;
/** Digits from the first to the last that is not zero. */
const MAX_SIGNIFICANT: i32 = 19;
const DECIMAL_DIGITS: i32 = 6;
const TOP: u64 = 0x8000000000000000;

/** A number as JSON writes it, without a fraction or exponent. */
export function toInt(p: usize, n: i32): i64 {
  const end = p + <usize>n;
  setOk(0);
  if (n > MAX_INT_LENGTH || !isInt(p, end)) return 0;
  parseDecimal(p, end, 0, false);
  setOk(i32(decimalFits));
  return decimalValue;
}

function isInt(p: usize, end: usize): bool {
  if (p < end && load<u8>(p) == 0x2d) p += 1;
  if (p == end || (load<u8>(p) == 0x30 && p + 1 < end)) return false;
  while (p < end && isDigit(p)) p += 1;
  return p == end;
}

// @ts-ignore: decorator
@inline
function isDigit(p: usize): bool {
  return <u32>load<u8>(p) - 0x30 < 10;
}

/** The powers of ten and of two in the suffix. */
let ten: i32 = 0;
let two: i32 = 0;

export function toQuantity(p: usize, n: i32): i64 {
  const end = p + <usize>n;
  setOk(0);
  let negative = false;
  if (p < end && (load<u8>(p) == 0x2b || load<u8>(p) == 0x2d)) {
    negative = load<u8>(p) == 0x2d;
    p += 1;
  }
  // The digits without the zeros at both ends; those at the end are `zeros`.
  let magnitude: u64 = 0;
  let significant: i32 = 0;
  let zeros: i32 = 0;
  let fraction: i32 = 0;
  let digits: i32 = 0;
  let point = false;
  for (; p < end; p += 1) {
    if (load<u8>(p) == 0x2e && !point) {
      point = true;
      continue;
    }
    if (!isDigit(p)) break;
    digits += 1;
    if (point) fraction += 1;
    if (load<u8>(p) == 0x30) {
      if (significant > 0) zeros += 1;
      continue;
    }
    significant += zeros + 1;
    if (significant <= MAX_SIGNIFICANT) {
      for (; zeros > 0; zeros -= 1) magnitude *= 10;
      magnitude = magnitude * 10 + (<u64>load<u8>(p) - 0x30);
    }
    zeros = 0;
  }
  if (digits == 0 || !readSuffix(p, end)) return 0;
  if (significant == 0) {
    setOk(1);
    return 0;
  }
  if (significant > MAX_SIGNIFICANT) return 0;
  return scaleMagnitude(magnitude, ten + DECIMAL_DIGITS - fraction + zeros, two, negative);
}

/** The magnitude times powers of ten and two, if it is a whole number of 64 bits. */
function scaleMagnitude(magnitude: u64, tens: i32, twos: i32, negative: bool): i64 {
  for (; tens < 0; tens += 1) {
    if (magnitude % 5 != 0) return 0;
    magnitude /= 5;
    twos -= 1;
  }
  for (; twos < 0; twos += 1) {
    if ((magnitude & 1) != 0) return 0;
    magnitude >>= 1;
  }
  for (; tens > 0; tens -= 1) {
    if (magnitude > TOP / 10) return 0;
    magnitude *= 10;
  }
  if (twos > <i32>clz<u64>(magnitude)) return 0;
  magnitude <<= <u64>twos;
  if (magnitude > TOP - u64(!negative)) return 0;
  setOk(1);
  return negative ? -(<i64>magnitude) : <i64>magnitude;
}

/** Reads a suffix or an exponent into `ten` and `two`. */
function readSuffix(p: usize, end: usize): bool {
  ten = 0;
  two = 0;
  const length = end - p;
  if (length == 0) return true;
  const first = load<u8>(p);
  if ((first | 0x20) == 0x65 && length > 1 && load<u8>(p, 1) != 0x69) return readExponent(p + 1, end);
  if (length == 1 && first == 0x6e) ten = -9;
  else if (length == 1 && first == 0x75) ten = -6;
  else if (length == 1 && first == 0x6d) ten = -3;
  else if (length == 1 && first == 0x6b) ten = 3;
  else {
    const thousands = findThousands(first);
    if (thousands == 0) return false;
    if (length == 1 && first != 0x4b) ten = 3 * thousands;
    else if (length == 2 && load<u8>(p, 1) == 0x69) two = 10 * thousands;
    else return false;
  }
  return true;
}

/** The power of a thousand, or of 1024 with an `i`, of K, M, G, T, P and E; 0 for others. */
function findThousands(letter: u32): i32 {
  switch (letter) {
    case 0x4b: return 1;
    case 0x4d: return 2;
    case 0x47: return 3;
    case 0x54: return 4;
    case 0x50: return 5;
    case 0x45: return 6;
    default: return 0;
  }
}

function readExponent(p: usize, end: usize): bool {
  const sign = load<u8>(p);
  if (sign == 0x2b || sign == 0x2d) p += 1;
  if (p == end) return false;
  for (; p < end && isDigit(p); p += 1) {
    ten = min(ten * 10 + (<i32>load<u8>(p) - 0x30), MAX_EXPONENT);
  }
  if (sign == 0x2d) ten = -ten;
  return p == end;
}

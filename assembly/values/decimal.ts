// Converts JSON numbers to exact 64-bit integers, from their digits, however many there are. Digits below
// the unit are truncated toward zero, or rounded half to even.

/** The result of `parseDecimal`: the value, if it fits 64 bits. */
export let decimalValue: i64 = 0;
export let decimalFits: bool = false;
/** Whether the number has no fraction before scaling. */
export let decimalIntegral: bool = false;

/** Exponents saturate here, far above the number of digits that a document can contain. */
const MAX_EXPONENT: i32 = 10000000;

/**
 * Parses the number from `p` to `end`, times ten to the power of `scale` (0 to 18); `round`: half to even
 * instead of toward zero.
 */
export function parseDecimal(p: usize, end: usize, scale: i32, round: bool): void {
  const negative = load<u8>(p) == 0x2d;
  if (negative) p += 1;
  let first: usize = 0;
  let last: usize = 0;
  let point: usize = 0;
  let at = p;
  while (at < end) {
    const byte = load<u8>(at);
    if (byte == 0x2e) {
      point = at;
    } else if ((byte | 0x20) == 0x65) {
      break;
    } else if (byte != 0x30) {
      if (first == 0) first = at;
      last = at;
    }
    at += 1;
  }
  decimalValue = 0;
  decimalFits = true;
  decimalIntegral = true;
  if (first == 0) return;

  // `shift` is the power of ten of the last digit other than zero.
  let count = <i32>(last - first) + 1;
  if (point > first && point < last) count -= 1;
  let shift = point == 0 ? <i32>(at - last) - 1 : <i32>(point - last);
  if (point > last) shift -= 1;
  if (at < end) shift += parseExponent(at + 1, end);
  decimalIntegral = shift >= 0;
  shift += scale;
  const whole = count + shift;
  if (whole > 19) {
    decimalFits = false;
    return;
  }
  if (whole < 0) return;

  let magnitude: u64 = 0;
  let left = min(count, whole);
  let digit = first;
  for (; left > 0; digit += 1) {
    if (digit == point) continue;
    magnitude = magnitude * 10 + (<u64>load<u8>(digit) - 0x30);
    left -= 1;
  }
  if (round && shift < 0) {
    if (digit == point) digit += 1;
    // The last digit is not zero, so only a single five is exactly half.
    const next = load<u8>(digit);
    if (next > 0x35 || (next == 0x35 && (digit < last || (magnitude & 1) == 1))) magnitude += 1;
  }
  for (; shift > 0; shift -= 1) magnitude *= 10;
  const limit = <u64>i64.MAX_VALUE + u64(negative);
  if (magnitude > limit) decimalFits = false;
  else decimalValue = negative ? -(<i64>magnitude) : <i64>magnitude;
}

function parseExponent(p: usize, end: usize): i32 {
  const sign = load<u8>(p);
  if (sign == 0x2b || sign == 0x2d) p += 1;
  let exponent: i32 = 0;
  for (; p < end; p += 1) {
    exponent = min(exponent * 10 + (<i32>load<u8>(p) - 0x30), MAX_EXPONENT);
  }
  return sign == 0x2d ? -exponent : exponent;
}

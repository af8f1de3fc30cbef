// Checks operands that would widen a comparison of strings: empty ones, and values in a placeholder that are not one
// segment. `language/types/segments.ts` defines the segments.

import { setOk } from '../values/arith';
import { pair } from '../memory/cells';
import { isNormalPath, isPathSegment } from './paths';

/** The string itself; `ok`: it is not empty. */
export function nonEmpty(p: usize, n: i32): u64 {
  setOk(i32(n != 0));
  return pair(p, n);
}

/** The value itself; `ok`: it is one segment without the characters of the mask. */
export function segment(p: usize, n: i32, low: i64, high: i64): u64 {
  setOk(i32(isSegment(p, n, low, high)));
  return pair(p, n);
}

/** The same for the first value of a string, which can also be an absolute path. */
export function rootSegment(p: usize, n: i32, low: i64, high: i64): u64 {
  const isPath = n > 1 && load<u8>(p) == 0x2f && isNormalPath(p, n);
  setOk(i32(isPath || isSegment(p, n, low, high)));
  return pair(p, n);
}

function isSegment(p: usize, n: i32, low: i64, high: i64): bool {
  if (!isPathSegment(p, n)) return false;
  for (const end = p + <usize>n; p < end; p += 1) {
    const byte = <i64>load<u8>(p);
    if (byte < 128 && (((byte < 64 ? low : high) >> (byte & 63)) & 1) != 0) return false;
  }
  return true;
}

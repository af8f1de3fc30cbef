// Checks paths for normal form, from pointers to UTF-8 and lengths in bytes. A path is read part by part:
// the state after each part is a word, so that a path of several parts need not be copied. Nothing is
// allocated. `language/types/paths.ts` defines the normal form.

import { setOk } from '../values/arith';
import { equalBytes } from '../memory/bytes';
import { pair } from '../memory/cells';

/**
 * The bits of a state. The lowest two bits: the last segment so far is empty, `.`, `..` or another one.
 */
const SEGMENT: i64 = 3;
const OTHER: i64 = 3;
const ABSOLUTE: i64 = 4;
const STARTED: i64 = 8;
/** The last bytes are `%`, or `%` and a hexadecimal digit. */
const PERCENT: i64 = 16;
const PERCENT_DIGIT: i64 = 32;
const FAILED: i64 = 64;
/** The path so far is one letter, which a drive starts with. */
const LETTER: i64 = 128;
/** There is a segment before the last slash. */
const SEGMENTS: i64 = 256;

/** Lengths of the rest of a path after its root. */
const DIFFERS: i32 = -2;
/** The root ends with a slash that the path does not have. */
const LACKS_SLASH: i32 = -1;

/** The state after a part; 0 before the first. */
export function pathAfter(state: i64, p: usize, n: i32): i64 {
  if (has(state, FAILED)) return FAILED;
  for (const end = p + <usize>n; p < end; p += 1) {
    const byte = <u32>load<u8>(p);
    if (byte == 0x2f) {
      const segment = state & SEGMENT;
      if (!has(state, STARTED)) state = ABSOLUTE | STARTED;
      else if (segment != OTHER) return FAILED;
      else state = (state & ABSOLUTE) | STARTED | SEGMENTS;
      continue;
    }
    if (isRefused(byte) || (byte >= 0xe2 && isRefusedSequence(p, end))) return FAILED;
    if (byte == 0x3a && has(state, LETTER)) return FAILED;
    const isDigit = isHexDigit(byte);
    if (isDigit && has(state, PERCENT_DIGIT)) return FAILED;
    const percent = byte == 0x25 ? PERCENT : isDigit && has(state, PERCENT) ? PERCENT_DIGIT : 0;
    const letter = !has(state, STARTED) && (byte | 0x20) - 0x61 < 26 ? LETTER : 0;
    const segment = state & SEGMENT;
    const next = byte == 0x2e && segment < 2 ? segment + 1 : OTHER;
    state = (state & (ABSOLUTE | SEGMENTS)) | STARTED | percent | letter | next;
  }
  return state;
}

// @ts-ignore: decorator
@inline
function has(state: i64, bit: i64): bool {
  return (state & bit) != 0;
}

/** Control characters and the backslash. */
// @ts-ignore: decorator
@inline
function isRefused(byte: u32): bool {
  return byte < 0x20 || byte == 0x7f || byte == 0x5c;
}

// @ts-ignore: decorator
@inline
function isHexDigit(byte: u32): bool {
  return byte - 0x30 < 10 || (byte | 0x20) - 0x61 < 6;
}

/** U+2024, U+2025, U+FE30, U+FE52, U+FE68, U+FE6A, U+FF05, U+FF0E, U+FF0F or U+FF3C. */
function isRefusedSequence(p: usize, end: usize): bool {
  if (p + 3 > end) return false;
  switch ((<u32>load<u8>(p) << 16) | (<u32>load<u8>(p, 1) << 8) | <u32>load<u8>(p, 2)) {
    case 0xe280a4:
    case 0xe280a5:
    case 0xefb8b0:
    case 0xefb992:
    case 0xefb9a8:
    case 0xefb9aa:
    case 0xefbc85:
    case 0xefbc8e:
    case 0xefbc8f:
    case 0xefbcbc:
      return true;
    default:
      return false;
  }
}

/** Whether a whole path is in normal form, except for one slash at its end. */
function isNormal(state: i64): bool {
  if (has(state, FAILED) || !has(state, STARTED)) return false;
  const segment = state & SEGMENT;
  return segment == OTHER || segment == 0;
}

function endsWithSlash(state: i64): bool {
  return (state & (SEGMENT | SEGMENTS)) == SEGMENTS;
}

/** The path itself; `ok` states whether it is in normal form. */
export function normalPath(p: usize, n: i32): u64 {
  setOk(i32(isNormalPath(p, n)));
  return pair(p, n);
}

export function isNormalPath(p: usize, n: i32): bool {
  const state = pathAfter(0, p, n);
  return isNormal(state) && !endsWithSlash(state);
}

/** Whether a string is one segment of a path: it does not begin with a drive, because it is not the first one. */
export function isPathSegment(p: usize, n: i32): bool {
  const state = pathAfter(ABSOLUTE | STARTED, p, n);
  return !has(state, FAILED | SEGMENTS) && (state & SEGMENT) == OTHER;
}

/** The rest of a path after a part of its root. */
export function afterRoot(p: usize, n: i32, q: usize, m: i32): u64 {
  if (n < 0) return pair(p, m == 0 ? n : DIFFERS);
  if (m <= n) return equalBytes(p, q, m) ? pair(p + <usize>m, n - m) : pair(p, DIFFERS);
  const lacksSlash = m == n + 1 && load<u8>(q + <usize>n) == 0x2f && equalBytes(p, q, n);
  return pair(p, lacksSlash ? LACKS_SLASH : DIFFERS);
}

/** Whether a path is under a root, from the state after the root, the path, and the rest. 1: unknown. */
export function underParts(root: i64, p: usize, n: i32, rest: usize, left: i32): i32 {
  const path = pathAfter(0, p, n);
  if (!isNormal(root) || !isNormal(path) || has(root ^ path, ABSOLUTE)) return 1;
  if (left <= 0) return left == DIFFERS ? 0 : 2;
  return (root & SEGMENT) == 0 || load<u8>(rest) == 0x2f ? 2 : 0;
}

export function underPath(p: usize, n: i32, q: usize, m: i32): i32 {
  const rest = afterRoot(p, n, q, m);
  return underParts(pathAfter(0, q, m), p, n, <usize><u32>rest, <i32>(rest >> 32));
}

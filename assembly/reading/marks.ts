// Finds where strings can end, for a whole document at once: with SIMD, a bit is stored for each byte of
// the request that is a quote, a backslash, a control character or a part of a non-ASCII character.
// Looking up the next mark is faster than loading a string and scanning it. Without SIMD there are no
// marks.

import { INPUT, MARKS } from '../layout';

// Each word contains the marks of 64 bytes, and starts 32 bytes after the previous one: so for each byte
// one word contains the marks of at least the next 32 bytes, and can be loaded at once.
const STEP: usize = 64;

// Three numbers, repeated to sixteen bytes each. As constants they would be created at every step.
const TURN = ASC_FEATURE_SIMD ? memory.data<u64>([0x0202020202020202, 0x0202020202020202]) : 0;
const LIMIT = ASC_FEATURE_SIMD ? memory.data<u64>([0x2121212121212121, 0x2121212121212121]) : 0;
const BACKSLASH = ASC_FEATURE_SIMD ? memory.data<u64>([0x5c5c5c5c5c5c5c5c, 0x5c5c5c5c5c5c5c5c]) : 0;

/** Whether the document being read is the request, the only one that is marked. */
export let isMarked: bool = false;

export function forgetMarks(): void {
  isMarked = false;
}

/**
 * Marks the request, and the byte after it, which is always marked. Reads up to 64 bytes after the
 * request and ignores them.
 */
export function markRequest(length: i32): void {
  isMarked = true;
  const turn = v128.load(TURN);
  const limit = v128.load(LIMIT);
  const backslash = v128.load(BACKSLASH);
  const end = INPUT + <usize>length;
  let to = MARKS;
  let before: u64 = 0;
  for (let p = INPUT; p <= end; p += STEP) {
    const first = <u64>markBytes(v128.load(p), turn, limit, backslash);
    const second = <u64>markBytes(v128.load(p, 16), turn, limit, backslash);
    const third = <u64>markBytes(v128.load(p, 32), turn, limit, backslash);
    const fourth = <u64>markBytes(v128.load(p, 48), turn, limit, backslash);
    const low = first | (second << 16);
    const high = third | (fourth << 16);
    store<u64>(to, before | (low << 32));
    store<u64>(to, low | (high << 32), 8);
    before = high;
    to += 16;
  }
  store<u64>(to, before);
}

/** The marks of the sixteen bytes at `p`. */
// @ts-ignore: decorator
@inline
export function findMarks(p: usize): i32 {
  return markBytes(v128.load(p), v128.load(TURN), v128.load(LIMIT), v128.load(BACKSLASH));
}

/**
 * Quotes are swapped with spaces, so that they directly follow the control characters. Bytes of non-ASCII
 * characters are negative.
 */
// @ts-ignore: decorator
@inline
function markBytes(bytes: v128, turn: v128, limit: v128, backslash: v128): i32 {
  const strange = i8x16.lt_s(v128.xor(bytes, turn), limit);
  return i8x16.bitmask(v128.or(strange, i8x16.eq(bytes, backslash)));
}

/**
 * The first mark from `p` on; if none is found, the first byte that was not examined, more than 32 bytes
 * away.
 */
// @ts-ignore: decorator
@inline
export function findMark(p: usize): usize {
  const marks = load<u64>((p >> 2) & ~7, MARKS + 8 - (INPUT >> 2));
  return (p & ~31) + <usize>ctz(marks & (<u64>-1 << <u64>(p & 31)));
}

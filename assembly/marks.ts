// Where strings may end, in a whole text at once: with SIMD, a bit is kept for each byte of the request's
// text that is a quote, a backslash, a control character or a part of a non-ASCII character. Looking up
// the next one takes less long than loading a string and looking through it. Without SIMD there are none.

import { INPUT, MARKS } from './layout';

// Each word holds the marks of 64 bytes, and begins 32 bytes behind the one before it: so there is one for
// each byte that tells of the next 32 at least, and can be loaded at once.
const STEP: usize = 64;

// Sixteen bytes of each of three numbers. As constants they would be made anew at every step.
const TURN = ASC_FEATURE_SIMD ? memory.data<u64>([0x0202020202020202, 0x0202020202020202]) : 0;
const LIMIT = ASC_FEATURE_SIMD ? memory.data<u64>([0x2121212121212121, 0x2121212121212121]) : 0;
const BACKSLASH = ASC_FEATURE_SIMD ? memory.data<u64>([0x5c5c5c5c5c5c5c5c, 0x5c5c5c5c5c5c5c5c]) : 0;

/** Whether the text that is read is the request's, the only one that is marked. */
export let isMarked: bool = false;

export function forgetMarks(): void {
  isMarked = false;
}

/**
 * Marks the text of the request, and the byte behind it, which is always one. Reads up to 64 bytes behind
 * the text, whatever is there.
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
    const first = <u64>marksOf(v128.load(p), turn, limit, backslash);
    const second = <u64>marksOf(v128.load(p, 16), turn, limit, backslash);
    const third = <u64>marksOf(v128.load(p, 32), turn, limit, backslash);
    const fourth = <u64>marksOf(v128.load(p, 48), turn, limit, backslash);
    const low = first | (second << 16);
    const high = third | (fourth << 16);
    store<u64>(to, before | (low << 32));
    store<u64>(to, low | (high << 32), 8);
    before = high;
    to += 16;
  }
  store<u64>(to, before);
}

/** Of the sixteen bytes at `p`. */
// @ts-ignore: decorator
@inline
export function marksAt(p: usize): i32 {
  return marksOf(v128.load(p), v128.load(TURN), v128.load(LIMIT), v128.load(BACKSLASH));
}

/**
 * Quotes change places with spaces, and so come right behind the control characters. Bytes of non-ASCII
 * characters are negative.
 */
// @ts-ignore: decorator
@inline
function marksOf(bytes: v128, turn: v128, limit: v128, backslash: v128): i32 {
  const strange = i8x16.lt_s(v128.xor(bytes, turn), limit);
  return i8x16.bitmask(v128.or(strange, i8x16.eq(bytes, backslash)));
}

/** The first mark from `p` on; if none is seen, the first byte that isn't, more than 32 bytes away. */
// @ts-ignore: decorator
@inline
export function markFrom(p: usize): usize {
  const marks = load<u64>((p >> 2) & ~7, MARKS + 8 - (INPUT >> 2));
  return (p & ~31) + <usize>ctz(marks & (<u64>-1 << <u64>(p & 31)));
}

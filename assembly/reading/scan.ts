// Scans the contents of JSON strings: takes the cursor after the opening quote, and returns the cursor
// after the closing one, or 0 after an error. Checks control characters, UTF-8 and escapes; eight bytes
// at a time while there is nothing special. Never reads more than 31 bytes after the document, which is
// followed by zeros.

import { Code, failText } from './errors';
import { isMarked, findMark, findMarks } from './marks';

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const ONES: u64 = 0x0101010101010101;
const HIGHS: u64 = 0x8080808080808080;

/** Whether the string that was scanned last contains an escape. */
export let scannedEscape: bool = false;

/** Most strings have nothing special up to their end; only the others are examined closely. */
export function scanText(p: usize): usize {
  p = skipPlain(p);
  scannedEscape = false;
  return load<u8>(p) == QUOTE ? p + 1 : scanSpecial(p);
}

/** The end of the string that starts at `p`, if `isShortString` is true for both. */
// @ts-ignore: decorator
@inline
export function shortStringEnd(p: usize): usize {
  if (ASC_FEATURE_SIMD && !isMarked) return plainInWords(p + 1) + 1;
  return plainEnd(p + 1) + 1;
}

/** A string without special characters that was examined completely. */
// @ts-ignore: decorator
@inline
export function isShortString(p: usize, end: usize): bool {
  return ((load<u8>(p) ^ QUOTE) | (load<u8>(end - 1) ^ QUOTE)) == 0;
}

/** The end of the bytes from `p` on that have nothing special; at least 16 bytes are examined. */
// @ts-ignore: decorator
@inline
export function plainEnd(p: usize): usize {
  return ASC_FEATURE_SIMD ? findMark(p) : plainInWords(p);
}

/**
 * There are no branches here, because the length of a string is not predictable; that it is short is
 * predictable, so that later code need not wait for the result.
 */
// @ts-ignore: decorator
@inline
function plainInWords(p: usize): usize {
  const low = markWord(load<u64>(p));
  const high = markWord(load<u64>(p, 8));
  const more = select<u64>(ctz(high) >> 3, 0, low == 0);
  return p + <usize>((ctz(low) >> 3) + more);
}

/** The first control character, quote, backslash or byte of a non-ASCII character. */
// @ts-ignore: decorator
@inline
function skipPlain(p: usize): usize {
  while (true) {
    if (ASC_FEATURE_SIMD) {
      const marks = findMarks(p);
      if (marks != 0) return p + <usize>ctz(marks);
      p += 16;
      continue;
    }
    const marks = markWord(load<u64>(p));
    if (marks != 0) return p + <usize>(ctz(marks) >> 3);
    p += 8;
  }
}

/**
 * Sets the high bit of each of these bytes: at least one of the two differences has that of a non-ASCII
 * byte. A borrow can set or clear the marks of bytes above a marked one incorrectly; the lowest mark is
 * always right.
 */
// @ts-ignore: decorator
@inline
function markWord(word: u64): u64 {
  // Quotes are swapped with spaces, so that they directly follow the control characters.
  return (((word ^ (ONES * 2)) - ONES * 0x21) | ((word ^ (ONES * BACKSLASH)) - ONES)) & HIGHS;
}

function scanSpecial(p: usize): usize {
  while (true) {
    p = skipPlain(p);
    const byte = <u32>load<u8>(p);
    if (byte == QUOTE) return p + 1;
    if (byte == BACKSLASH) {
      const size = escapeSize(p);
      if (size == 0) return 0;
      scannedEscape = true;
      p += size;
    } else if (byte < 0x20) {
      return failText(Code.NOT_JSON, p);
    } else {
      const size = utf8Size(p);
      if (size == 0) return failText(Code.NOT_UTF8, p);
      p += size;
    }
  }
}

/** Copies a scanned string without its escapes: from `p` up to `end`, to `to`. Returns the length. */
export function unescape(p: usize, end: usize, to: usize): i32 {
  const start = to;
  while (p < end) {
    const byte = <u32>load<u8>(p);
    if (byte != BACKSLASH) {
      store<u8>(to, byte);
      p += 1;
      to += 1;
    } else {
      to = storeCharacter(to, decodeEscape(p));
      p += measureEscape(p);
    }
  }
  return <i32>(to - start);
}

/** The character of the valid escape, or pair of surrogates, at the backslash `p`. */
export function decodeEscape(p: usize): u32 {
  if (load<u8>(p, 1) != 0x75) return simpleEscape(load<u8>(p, 1));
  const unit = hex4(p + 2);
  if (unit >> 11 != 0x1b) return unit;
  return 0x10000 + ((unit & 0x3ff) << 10) + (hex4(p + 8) & 0x3ff);
}

/** The bytes of the valid escape, or pair of surrogates, at the backslash `p`. */
export function measureEscape(p: usize): usize {
  if (load<u8>(p, 1) != 0x75) return 2;
  return hex4(p + 2) >> 11 == 0x1b ? 12 : 6;
}

/** The bytes of the escape, or pair of surrogates, at the backslash `p`; 0 after an error. */
function escapeSize(p: usize): usize {
  if (load<u8>(p, 1) != 0x75) {
    return simpleEscape(load<u8>(p, 1)) != 0 ? 2 : failText(Code.NOT_JSON, p);
  }
  const unit = hex4(p + 2);
  if (unit < 0) return failText(Code.NOT_JSON, p);
  if (unit >> 11 != 0x1b) return 6;
  const isHigh = unit < 0xdc00;
  if (isHigh && load<u16>(p, 6) == 0x755c && hex4(p + 8) >> 10 == 0x37) return 12;
  return failText(Code.LONE_SURROGATE, p);
}

/**
 * The characters of `b`, `f`, `n`, `r` and `t`, four bits each: these are the letters 0, 2, 6, 8 and 9,
 * counted in steps of two.
 */
const CONTROLS: u64 = 0x9d0a000c08;

/** The character of the escape with `letter`; 0: invalid. */
export function simpleEscape(letter: u32): u32 {
  if (letter == QUOTE || letter == BACKSLASH || letter == 0x2f) return letter;
  const place = rotr<u32>(letter - 0x62, 1);
  return place < 10 ? <u32>(CONTROLS >> (place << 2)) & 15 : 0;
}

/** Four hexadecimal digits as a number; negative: invalid. */
export function hex4(p: usize): i32 {
  return (hexDigit(load<u8>(p)) << 12) | (hexDigit(load<u8>(p, 1)) << 8)
    | (hexDigit(load<u8>(p, 2)) << 4) | hexDigit(load<u8>(p, 3));
}

/** -1 if it is invalid, which stays negative when shifted to the left. */
function hexDigit(byte: u32): i32 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const letter = byte | 0x20;
  return letter - 0x61 < 6 ? letter - 0x57 : -1;
}

/** The bytes of the non-ASCII character at `p`; 0: not UTF-8 (shortest form, no surrogates). */
function utf8Size(p: usize): usize {
  // The first byte is the least significant.
  const word = load<u32>(p);
  if ((word & 0xc0e0) == 0x80c0) return (word & 0x1e) != 0 ? 2 : 0;
  if ((word & 0xc0c0f0) == 0x8080e0) {
    const high = ((word & 15) << 1) | ((word >> 13) & 1);
    return high != 0 && high != 0x1b ? 3 : 0;
  }
  const plane = ((word & 7) << 2) | ((word >> 12) & 3);
  return (word & 0xc0c0c0f8) == 0x808080f0 && plane - 1 < 16 ? 4 : 0;
}

/** Writes a character as UTF-8; returns the address after it. */
export function storeCharacter(to: usize, character: u32): usize {
  if (character < 0x80) {
    store<u8>(to, character);
    return to + 1;
  }
  let tails: u32 = character < 0x800 ? 1 : character < 0x10000 ? 2 : 3;
  // A one for each byte, then a zero.
  store<u8>(to, (0x7f80 >> tails) | (character >> (tails * 6)));
  do {
    tails -= 1;
    to += 1;
    store<u8>(to, 0x80 | ((character >> (tails * 6)) & 0x3f));
  } while (tails > 0);
  return to + 1;
}

/** Whether bytes that are followed by a zero are UTF-8. */
export function isUtf8(p: usize, n: i32): bool {
  const end = p + <usize>n;
  while (p < end) {
    const size: usize = load<u8>(p) < 0x80 ? 1 : utf8Size(p);
    if (size == 0) return false;
    p += size;
  }
  return p == end;
}

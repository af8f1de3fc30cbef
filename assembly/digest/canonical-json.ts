// The canonical form of JSON (RFC 8785): members in the order of the UTF-16 code units of their names, without white
// space, strings and numbers as in ECMAScript. The JSON was read before, so it is valid and not deeper than the limit.
//
// The form grows upwards from where it begins, and the list of members that are not sorted yet downwards from the end
// of the arena. A function takes a cursor and returns the one after what it read, or 0 if that has no form: a name
// occurs twice, a number has more digits than a double, or there is no room.

import { skipSpace } from '../reading/json';
import { ARENA_END } from '../layout';
import { decodeEscape, measureEscape, hex4, simpleEscape, storeCharacter } from '../reading/scan';
import { hexDigit, shortEscape } from '../writing/text-writer';

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const COMMA: u32 = 0x2c;
const COLON: u32 = 0x3a;
const OPEN: u32 = 0x7b;
const CLOSE: u32 = 0x7d;
const OPEN_ARRAY: u32 = 0x5b;
const CLOSE_ARRAY: u32 = 0x5d;
const ONES: u64 = 0x0101010101010101;
const HIGHS: u64 = 0x8080808080808080;

/** The bytes that are written without another check, and those of a member in the list. */
const SLACK: usize = 64;
const ENTRY: usize = 8;
/** Where the digits of a number are written first: after everything that can precede them. */
const DIGITS_END: usize = 60;

/** Every decimal of this many significant digits is the shortest form of its double. */
const MAX_DIGITS: i32 = 15;
/** The same for all integers up to this one, which has one digit more. */
const MAX_INTEGER: u64 = 9007199254740992;
/** The digits that a u64 can hold. */
const MAX_WORD: i32 = 19;
/** The range of numbers: those below 10^308, and those from 10^-307 on. */
const MAX_POWER: i32 = 308;
const MIN_POWER: i32 = -306;
/** An exponent that exceeds all digits of a document. */
const HUGE: i32 = 100000;

/** The end of the form. */
let end: usize = 0;
/** The address of the last member in the list. */
let top: usize = 0;

/** Starts a form. */
export function beginForm(address: usize): void {
  end = address;
  top = ARENA_END;
}

/** The address after the form. */
// @ts-ignore: decorator
@inline
export function formEnd(): usize {
  return end;
}

/** Continues the form at an earlier address. */
// @ts-ignore: decorator
@inline
export function setFormEnd(address: usize): void {
  end = address;
}

// @ts-ignore: decorator
@inline
function isFull(): bool {
  return end + SLACK > top;
}

export function putByte(byte: u32): void {
  store<u8>(end, byte);
  end += 1;
}

/** Writes `n` bytes of a word, and overwrites the rest of eight. */
export function putWord(word: u64, n: usize): void {
  store<u64>(end, word);
  end += n;
}

export function putValue(p: usize): usize {
  if (isFull()) return 0;
  const byte = <u32>load<u8>(p);
  if (byte == QUOTE) return putText(p + 1);
  if (byte == OPEN) return putObject(p + 1);
  if (byte == OPEN_ARRAY) return putArray(p + 1);
  // `true`, `false` or `null`
  if (byte >= 0x61) {
    const length: usize = byte == 0x66 ? 5 : 4;
    putWord(load<u64>(p), length);
    return p + length;
  }
  return putNumber(p);
}

// --- strings ---------------------------------------------------------------------------------------

/** The high bit of quotes and backslashes: only the lowest one that is set is certain. */
// @ts-ignore: decorator
@inline
function findSpecials(word: u64): u64 {
  const quote = word ^ (ONES * QUOTE);
  const backslash = word ^ (ONES * BACKSLASH);
  return (((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash)) & HIGHS;
}

/** Writes a string with its quotes; `p` is the address after the opening one. */
export function putText(p: usize): usize {
  putByte(QUOTE);
  while (true) {
    if (isFull()) return 0;
    const word = load<u64>(p);
    const specials = findSpecials(word);
    const plain: usize = specials == 0 ? 8 : <usize>(ctz(specials) >> 3);
    store<u64>(end, word);
    end += plain;
    p += plain;
    if (specials == 0) continue;
    if (load<u8>(p) == QUOTE) {
      putByte(QUOTE);
      return p + 1;
    }
    putCharacter(decodeEscape(p));
    p += measureEscape(p);
  }
}

/** Writes a character that was escaped, with an escape only if it needs one. */
function putCharacter(character: u32): void {
  const letter = character == QUOTE || character == BACKSLASH ? character : shortEscape(character);
  if (letter != 0) {
    putByte(BACKSLASH);
    putByte(letter);
  } else if (character < 0x20) {
    // `\u00`
    putWord(0x3030755c, 4);
    putByte(hexDigit(character >> 4));
    putByte(hexDigit(character & 15));
  } else end = storeCharacter(end, character);
}

// --- numbers ---------------------------------------------------------------------------------------

/**
 * Writes a number as ECMAScript does, without floating point: its digits are already the shortest ones of its double,
 * or it has no form.
 */
function putNumber(p: usize): usize {
  const isNegative = load<u8>(p) == 0x2d;
  if (isNegative) p += 1;
  let digits: u64 = 0;
  // The digits from the first to the last that is not 0; the zeros after them; those after the point.
  let count = 0;
  let zeros = 0;
  let scale = 0;
  let isFraction = false;
  while (true) {
    const byte = <u32>load<u8>(p);
    const digit = byte - 0x30;
    if (digit > 9) {
      if (byte != 0x2e) break;
      isFraction = true;
    } else {
      if (isFraction) scale += 1;
      if (digit == 0) {
        if (count > 0) zeros += 1;
      } else {
        if (count + zeros >= MAX_WORD) return 0;
        for (; zeros > 0; zeros -= 1) {
          digits *= 10;
          count += 1;
        }
        digits = digits * 10 + <u64>digit;
        count += 1;
      }
    }
    p += 1;
  }
  let power = zeros - scale;
  if ((load<u8>(p) | 0x20) == 0x65) {
    p += 1;
    const sign = load<u8>(p);
    if (sign == 0x2d || sign == 0x2b) p += 1;
    let exponent = 0;
    for (; <u32>load<u8>(p) - 0x30 < 10; p += 1) {
      if (exponent < HUGE) exponent = exponent * 10 + <i32>load<u8>(p) - 0x30;
    }
    power += sign == 0x2d ? -exponent : exponent;
  }
  if (count == 0) {
    putByte(0x30);
    return p;
  }
  // The value is digits × 10^power, and below 10^point, as `n` in ECMA-262.
  const point = count + power;
  if (point > MAX_POWER || point < MIN_POWER) return 0;
  if (count > MAX_DIGITS && (power != 0 || digits > MAX_INTEGER)) return 0;
  if (isNegative) putByte(0x2d);
  putDecimal(digits, count, point);
  return p;
}

function putDecimal(digits: u64, count: i32, point: i32): void {
  let from = end + DIGITS_END;
  for (let rest = digits; rest != 0; rest /= 10) {
    from -= 1;
    store<u8>(from, 0x30 + <u32>(rest % 10));
  }
  const hasExponent = point > 21 || point <= -6;
  let whole = hasExponent ? 1 : point;
  if (whole <= 0) {
    // `0.`
    putWord(0x2e30, 2);
    for (; whole < 0; whole += 1) putByte(0x30);
  }
  for (let at = 0; at < max(count, whole); at += 1) {
    if (at == whole && whole > 0) putByte(0x2e);
    putByte(at < count ? load<u8>(from) : 0x30);
    from += 1;
  }
  if (!hasExponent) return;
  const exponent = point - 1;
  putByte(0x65);
  putByte(exponent < 0 ? 0x2d : 0x2b);
  const size = abs(exponent);
  if (size >= 100) putByte(0x30 + size / 100);
  if (size >= 10) putByte(0x30 + size / 10 % 10);
  putByte(0x30 + size % 10);
}

// --- arrays and objects ----------------------------------------------------------------------------

function putArray(p: usize): usize {
  putByte(OPEN_ARRAY);
  p = skipSpace(p);
  if (load<u8>(p) != CLOSE_ARRAY) {
    while (true) {
      p = putValue(p);
      if (p == 0) return 0;
      p = skipSpace(p);
      if (load<u8>(p) == CLOSE_ARRAY) break;
      putByte(COMMA);
      p = skipSpace(p + 1);
    }
  }
  putByte(CLOSE_ARRAY);
  return p + 1;
}

/** A member in the list: the address of its form, and its length. */
function putObject(p: usize): usize {
  putByte(OPEN);
  const list = top;
  const first = end;
  let before: usize = 0;
  let isSorted = true;
  p = skipSpace(p);
  if (load<u8>(p) != CLOSE) {
    while (true) {
      if (isFull()) return 0;
      top -= ENTRY;
      const entry = top;
      const member = end;
      p = putText(p + 1);
      if (p == 0) return 0;
      putByte(COLON);
      p = putValue(skipSpace(skipSpace(p) + 1));
      if (p == 0) return 0;
      store<u32>(entry, <u32>member);
      store<u32>(entry, <u32>(end - member), 4);
      if (before != 0 && order(before, member) >= 0) isSorted = false;
      before = member;
      p = skipSpace(p);
      if (load<u8>(p) == CLOSE) break;
      putByte(COMMA);
      p = skipSpace(p + 1);
    }
    if (!isSorted && !sortMembers(list, first)) return 0;
    top = list;
  }
  putByte(CLOSE);
  return p + 1;
}

/** Sorts the members of the form from `first` on; returns false if a name occurs twice, or if there is no room. */
function sortMembers(list: usize, first: usize): bool {
  const bytes = end - first;
  const listed = list - top;
  if (end + bytes + listed + SLACK > top) return false;
  const sorted = sortList(listed);
  let to = end;
  let before: usize = 0;
  for (let at: usize = 0; at < listed; at += ENTRY) {
    const member = <usize>load<u32>(sorted + at);
    const length = <usize>load<u32>(sorted + at, 4);
    if (before != 0) {
      if (order(before, member) == 0) return false;
      store<u8>(to, COMMA);
      to += 1;
    }
    before = member;
    memory.copy(to, member, length);
    to += length;
  }
  memory.copy(first, end, bytes);
  return true;
}

/**
 * Sorts the list of members, of `listed` bytes, and returns its address. Merging compares a name once for each
 * doubling of the runs, so that the time is bounded by the bytes of the names, however long some of them are.
 */
function sortList(listed: usize): usize {
  let from = top;
  let to = top - listed;
  for (let width = ENTRY; width < listed; width <<= 1) {
    for (let start: usize = 0; start < listed; start += width << 1) {
      const middle = min(start + width, listed);
      merge(from, to, start, middle, min(middle + width, listed));
    }
    const sorted = to;
    to = from;
    from = sorted;
  }
  return from;
}

/** Merges two runs, which end at `middle` and at `last`. */
function merge(from: usize, to: usize, start: usize, middle: usize, last: usize): void {
  let left = start;
  let right = middle;
  for (let at = start; at < last; at += ENTRY) {
    const isLeft = left < middle && (right >= last || order(load<u32>(from + left), load<u32>(from + right)) < 0);
    store<u64>(to + at, load<u64>(from + (isLeft ? left : right)));
    if (isLeft) left += ENTRY;
    else right += ENTRY;
  }
}

let nextUnit: usize = 0;

/** Compares two names by their forms, as the UTF-16 code units of the strings. */
function order(a: usize, b: usize): i32 {
  a += 1;
  b += 1;
  while (true) {
    const unit = readUnit(a);
    a = nextUnit;
    const other = readUnit(b);
    b = nextUnit;
    if (unit != other) return unit < other ? -1 : 1;
    if (unit == 0) return 0;
  }
}

/** A byte or an escape of a form, in the order of UTF-16; 0: the end. */
function readUnit(p: usize): u32 {
  const byte = <u32>load<u8>(p);
  nextUnit = p + 1;
  if (byte == QUOTE) return 0;
  if (byte == BACKSLASH) {
    const letter = <u32>load<u8>(p, 1);
    nextUnit = p + 2;
    if (letter == 0x75) {
      nextUnit = p + 6;
      return 1 + hex4(p + 2);
    }
    return 1 + simpleEscape(letter);
  }
  // U+E000 to U+FFFF follow all characters that take two code units.
  return 1 + (byte >= 0xf0 ? byte - 2 : byte >= 0xee ? byte + 0x10 : byte);
}

// --- skipping --------------------------------------------------------------------------------------

/** The address after the value at `p`. */
export function endOfValue(p: usize): usize {
  let depth = 0;
  while (true) {
    const byte = <u32>load<u8>(p);
    if (byte == QUOTE) {
      p = endOfText(p + 1);
      if (depth == 0) return p;
      continue;
    }
    if (byte == OPEN || byte == OPEN_ARRAY) depth += 1;
    else if (byte == CLOSE || byte == CLOSE_ARRAY) {
      // A number or a literal precedes the end of what it is in.
      if (depth == 0) return p;
      depth -= 1;
      if (depth == 0) return p + 1;
    } else if (depth == 0 && (byte == COMMA || byte <= 0x20)) return p;
    p += 1;
  }
}

function endOfText(p: usize): usize {
  while (true) {
    const specials = findSpecials(load<u64>(p));
    if (specials == 0) {
      p += 8;
      continue;
    }
    p += <usize>(ctz(specials) >> 3);
    if (load<u8>(p) == QUOTE) return p + 1;
    p += 2;
  }
}

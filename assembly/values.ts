// Members and elements by their declared type. A cursor at the value, its cell, its path's number
// and the level that a container there would have come in; the cursor behind the value goes out, or
// 0 after an error that ends all reading. `null` is an absent member, or, in arrays, a value of the
// wrong type; a wrong type is recorded, makes the cell faulty and is passed over.

import { isUnknownMark, UNKNOWN_MARK_BYTES } from './carried';
import { CELL, isKnown, storeAbsent, storeBytes, storeFaulty, storeUnknown, storeWord } from './cells';
import { decimalFits, decimalIntegral, decimalValue, parseDecimal } from './decimal';
import { Code, failText, Found, recordFault } from './errors';
import { FIRST_INSTANT, LAST_INSTANT, parseTimestamp, timestampValue } from './instant';
import {
  kindAt, readText, skipFalse, skipNull, skipNumber, skipSpace, skipTrue, skipValue, textLen, textPtr,
} from './json';
import { STRING_LIMIT } from './layout';
import { isShortString, shortStringEnd } from './scan';
import { spiffeValid } from './text';

/** `,"` */
const COMMA_QUOTE: u32 = 0x222c;
/** Decimal digits that 64 bits always hold, here and after scaling to milliseconds. */
const SAFE_DIGITS: usize = 18;
const SAFE_SECONDS_DIGITS: usize = 15;
/** `2026-11-25T01:31:07.123Z` */
const USUAL_INSTANT: i32 = 24;
/** … and to millionths. */
const SAFE_DECIMAL_DIGITS: usize = 12;

/** Whether some member of the request was null: it came, and is absent. */
export let hadNull: bool = false;

export function forgetNulls(): void {
  hadNull = false;
}

/**
 * A value that is not of the member's type, or `null` where the member may be absent. Readers of
 * objects and arrays call it too.
 */
export function refuse(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {
  const kind = kindAt(p);
  if (kind == Found.NULL && nullIsAbsent) {
    storeAbsent(cell);
    hadNull = true;
    return skipNull(p);
  }
  if (isUnknownMark(p)) {
    storeUnknown(cell);
    return p + <usize>UNKNOWN_MARK_BYTES;
  }
  storeFaulty(cell);
  recordFault(Code.WRONG_TYPE, path, kind, p);
  return skipValue(p, depth);
}

/** 0 or 1. */
export function readBool(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {
  const byte = load<u8>(p);
  if (byte != 0x74 && byte != 0x66) return refuse(p, cell, path, depth, nullIsAbsent);
  const isTrue = byte == 0x74;
  storeWord(cell, i64(isTrue));
  return isTrue ? skipTrue(p) : skipFalse(p);
}

/** A pointer and a length in bytes, at most `STRING_LIMIT`. */
export function readString(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
): usize {
  const shortEnd = shortStringEnd(p);
  if (isShortString(p, shortEnd)) {
    storeString(cell, p, shortEnd);
    return shortEnd;
  }
  if (load<u8>(p) != 0x22) return refuse(p, cell, path, depth, nullIsAbsent);
  const end = readText(p);
  if (end == 0) return 0;
  if (textLen > STRING_LIMIT) refuseLong(p, cell, path);
  else storeBytes(cell, textPtr, textLen);
  return end;
}

/** Behind the elements that `readShortStrings` read. */
export let shortStringsEnd: usize = 0;
/** Whether all of these are known to differ. */
export let shortStringsDiffer: bool = false;

/**
 * The strings that an array begins with at `p`, as long as they are short: into cells from `element`
 * on, at most up to `limit`. Gives the cursor at the closing bracket, or at the first element that is
 * left.
 */
export function readShortStrings(p: usize, element: usize, limit: usize): usize {
  let taken: u64 = 0;
  let shared: u64 = 0;
  while (element < limit) {
    const end = shortStringEnd(p);
    if (!isShortString(p, end)) break;
    // What comes of it is no element before it is passed over.
    storeString(element, p, end);
    const next = <u32>load<u16>(end);
    const isLast = (next & 0xff) == 0x5d;
    if (!isLast && (next & 0xff) != 0x2c) break;
    element += CELL;
    const bit = sharedBit(p + 1, end);
    shared |= taken & bit;
    taken |= bit;
    p = end;
    if (isLast) break;
    p += 1;
    if (next == COMMA_QUOTE) continue;
    p = skipSpace(p);
    if (load<u8>(p) == 0x5d) return failText(Code.SYNTAX, p);
  }
  shortStringsEnd = element;
  shortStringsDiffer = shared == 0;
  return p;
}

/**
 * A bit that all strings share which are equal to the one from `start` to behind its closing quote at
 * `end`: by its length, and of its first eight bytes those up to the quote.
 */
// @ts-ignore: decorator
@inline
function sharedBit(start: usize, end: usize): u64 {
  const length = end - start;
  const first = load<u64>(start) << (<u64>(8 - min<usize>(length, 8)) << 3);
  return <u64>1 << (((first + length) * 0x9e3779b97f4a7c15) >> 58);
}

/** What is between the quotes of the string from `p` to `end`, which has no escapes. */
// @ts-ignore: decorator
@inline
function storeString(cell: usize, p: usize, end: usize): void {
  storeBytes(cell, p + 1, <i32>(end - p) - 2);
}

/** As `readString`; unknown if it is no SPIFFE ID. */
export function readSpiffe(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
): usize {
  if (load<u8>(p) != 0x22) return refuse(p, cell, path, depth, nullIsAbsent);
  const end = readText(p);
  if (end == 0) return 0;
  if (textLen > STRING_LIMIT) refuseLong(p, cell, path);
  else if (spiffeValid(textPtr, textLen)) storeBytes(cell, textPtr, textLen);
  else storeUnknown(cell);
  return end;
}

/** The string at `p` is over `STRING_LIMIT`. */
export function refuseLong(p: usize, cell: usize, path: i32): void {
  storeFaulty(cell);
  recordFault(Code.TOO_LONG, path, Found.NOTHING, p);
}

/** A number whose exact value is integral, however it is written; unknown beyond 64 bits. */
export function readInt(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {
  const end = readPlainInteger(p, SAFE_DIGITS);
  if (end == 0) return readOtherNumber(p, cell, path, depth, nullIsAbsent, 0, false);
  storeWord(cell, plainInteger);
  return end;
}

/** A number as millionths, rounded half to even; unknown beyond 64 bits. */
export function readDecimal(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
): usize {
  const end = readPlainInteger(p, SAFE_DECIMAL_DIGITS);
  if (end == 0) return readOtherNumber(p, cell, path, depth, nullIsAbsent, 6, true);
  storeWord(cell, plainInteger * 1000000);
  return end;
}

/** What was just read into the cell is unknown outside its declared range. */
export function keepWithin(cell: usize, least: i64, most: i64): void {
  if (!isKnown(cell)) return;
  const value = load<i64>(cell);
  if (value < least || value > most) storeUnknown(cell);
}

/** A number of seconds as milliseconds; unknown beyond 64 bits. */
export function readDuration(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
): usize {
  const end = readPlainInteger(p, SAFE_SECONDS_DIGITS);
  if (end == 0) return readOtherNumber(p, cell, path, depth, nullIsAbsent, 3, false);
  storeWord(cell, plainInteger * 1000);
  return end;
}

/** A number of seconds since the epoch as milliseconds; unknown outside the years 0 to 9999. */
export function readTimestampSeconds(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
): usize {
  const end = readDuration(p, cell, path, depth, nullIsAbsent);
  keepWithin(cell, FIRST_INSTANT, LAST_INSTANT);
  return end;
}

/** RFC 3339 text as milliseconds since the epoch. */
export function readTimestamp(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
): usize {
  // Most end in milliseconds and `Z`: what parses so far has nothing special.
  if (load<u8>(p, USUAL_INSTANT + 1) == 0x22 && load<u8>(p) == 0x22) {
    if (parseTimestamp(p + 1, USUAL_INSTANT)) {
      storeWord(cell, timestampValue);
      return p + USUAL_INSTANT + 2;
    }
  }
  if (load<u8>(p) != 0x22) return refuse(p, cell, path, depth, nullIsAbsent);
  const end = readText(p);
  if (end == 0) return 0;
  if (parseTimestamp(textPtr, textLen)) {
    storeWord(cell, timestampValue);
  } else {
    storeFaulty(cell);
    recordFault(Code.WRONG_TYPE, path, Found.UNREADABLE, p);
  }
  return end;
}

/**
 * A number that is no plain integer, or something else: times ten to the power of `scale`, rounded or cut
 * off. Without a scale it must be integral.
 */
function readOtherNumber(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool, scale: i32, round: bool,
): usize {
  if (kindAt(p) != Found.NUMBER) return refuse(p, cell, path, depth, nullIsAbsent);
  const end = skipNumber(p);
  if (end == 0) return 0;
  parseDecimal(p, end, scale, round);
  if (scale == 0 && !decimalIntegral) {
    storeFaulty(cell);
    recordFault(Code.WRONG_TYPE, path, Found.FRACTION, p);
  } else if (decimalFits) {
    storeWord(cell, decimalValue);
  } else {
    storeUnknown(cell);
  }
  return end;
}

let plainInteger: i64 = 0;

/** At most `most` digits without fraction or exponent; 0: something else. Records nothing. */
function readPlainInteger(p: usize, most: usize): usize {
  // Up to seven digits at once. With these a byte is at most 9, any other sets its high bit.
  const word = load<u64>(p) ^ 0x3030303030303030;
  const strange = (word | (word + 0x7676767676767676)) & 0x8080808080808080;
  const bits = ctz(strange) & 0x38;
  const next = <u32>load<u8>(p + <usize>(bits >> 3));
  const isLead = (word & 0xff) == 0 && bits > 8;
  if (strange == 0 || bits == 0 || isLead || next == 0x2e || (next | 0x20) == 0x65) {
    return readLongInteger(p, most);
  }
  // The digits end where the word does: zeros stand before them.
  let digits = word << (64 - bits);
  digits = digits * 10 + (digits >> 8);
  const tens = (digits & 0x000000ff000000ff) * 0x000f424000000064;
  const ones = ((digits >> 16) & 0x000000ff000000ff) * 0x0000271000000001;
  plainInteger = <i64>((tens + ones) >> 32);
  return p + <usize>(bits >> 3);
}

function readLongInteger(p: usize, most: usize): usize {
  const negative = load<u8>(p) == 0x2d;
  if (negative) p += 1;
  let digit = <u32>load<u8>(p) - 0x30;
  if (digit >= 10) return 0;
  const start = p;
  let value: i64 = digit;
  p += 1;
  if (digit != 0) {
    while (true) {
      digit = <u32>load<u8>(p) - 0x30;
      if (digit >= 10) break;
      value = value * 10 + digit;
      p += 1;
    }
    if (p - start > most) return 0;
  }
  const next = load<u8>(p);
  if (next == 0x2e || (next | 0x20) == 0x65) return 0;
  plainInteger = negative ? -value : value;
  return p;
}

// Reads members and elements by their declared type. A reader takes the cursor at the value, its cell,
// the number of its path and the level of a container there, and returns the cursor after the value, or 0
// after an error that ends reading. `null` is an absent member or, in arrays, a value of the wrong type;
// a value of the wrong type is recorded, makes the cell faulty and is skipped.

import { isUnknownMark, UNKNOWN_MARK_BYTES } from './absent-marks';
import { CELL, isKnown, storeAbsent, storeBytes, storeFaulty, storeUnknown, storeWord, wordIn } from '../memory/cells';
import { decimalFits, decimalIntegral, decimalValue, parseDecimal } from '../values/decimal';
import { Code, failText, Found, recordFault } from './errors';
import { FIRST_INSTANT, LAST_INSTANT, parseTimestamp, timestampValue } from '../time/instant';
import {
  classifyValue, readText, skipFalse, skipNull, skipNumber, skipSpace, skipTrue, skipValue, textLen, textPtr,
} from './json';
import { STRING_LIMIT } from '../layout';
import { isShortString, shortStringEnd } from './scan';
import { spiffeValid } from '../strings/text';

/** `,"` */
const COMMA_QUOTE: u32 = 0x222c;
/** The number of decimal digits that always fits 64 bits, here and after scaling to milliseconds. */
const SAFE_DIGITS: usize = 18;
const SAFE_SECONDS_DIGITS: usize = 15;
/** The length of `2026-11-25T01:31:07.123Z`. */
const COMMON_INSTANT: i32 = 24;
/** The same after scaling to millionths. */
const SAFE_DECIMAL_DIGITS: usize = 12;

/** Whether a member of the request was null, which counts as absent. */
export let hadNull: bool = false;

export function forgetNulls(): void {
  hadNull = false;
}

/**
 * Refuses a value that is not of the member's type, and accepts `null` if the member can be absent.
 * Readers of objects and arrays call it as well.
 */
export function refuse(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {
  const kind = classifyValue(p);
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

/** Reads a string as a pointer and a length in bytes, at most `STRING_LIMIT`. */
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

/** The address after the elements that `readShortStrings` read. */
export let shortStringsEnd: usize = 0;
/** Whether all of these are known to differ. */
export let shortStringsDiffer: bool = false;

/**
 * Reads the strings at the start of an array at `p`, while they are short, into cells from `element` up
 * to `limit`. Returns the cursor at the closing bracket, or at the first element that is left.
 */
export function readShortStrings(p: usize, element: usize, limit: usize): usize {
  let taken: u64 = 0;
  let shared: u64 = 0;
  while (element < limit) {
    const end = shortStringEnd(p);
    if (!isShortString(p, end)) break;
    // The stored cell counts as an element only once `element` advances.
    storeString(element, p, end);
    const next = <u32>load<u16>(end);
    const isLast = (next & 0xff) == 0x5d;
    if (!isLast && (next & 0xff) != 0x2c) break;
    element += CELL;
    const bit = computeNameBit(p + 1, end);
    shared |= taken & bit;
    taken |= bit;
    p = end;
    if (isLast) break;
    p += 1;
    if (next == COMMA_QUOTE) continue;
    p = skipSpace(p);
    if (load<u8>(p) == 0x5d) return failText(Code.NOT_JSON, p);
  }
  shortStringsEnd = element;
  shortStringsDiffer = shared == 0;
  return p;
}

/**
 * A bit that equal strings share, for the string from `start` to its closing quote at `end`: from its
 * length, and those of its first eight bytes before the quote.
 */
// @ts-ignore: decorator
@inline
function computeNameBit(start: usize, end: usize): u64 {
  const length = end - start;
  const first = load<u64>(start) << (u64(8 - min<usize>(length, 8)) << 3);
  return <u64>1 << (((first + length) * 0x9e3779b97f4a7c15) >> 58);
}

/** The contents between the quotes of the string from `p` to `end`, which has no escapes. */
// @ts-ignore: decorator
@inline
function storeString(cell: usize, p: usize, end: usize): void {
  storeBytes(cell, p + 1, <i32>(end - p) - 2);
}

/** Like `readString`; unknown if it is not a SPIFFE ID. */
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

/** The string at `p` is longer than `STRING_LIMIT`. */
export function refuseLong(p: usize, cell: usize, path: i32): void {
  storeFaulty(cell);
  recordFault(Code.TOO_LONG, path, Found.NOTHING, p);
}

/** Reads a number whose exact value is an integer, however it is written; unknown beyond 64 bits. */
export function readInt(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {
  const end = readPlainInteger(p, SAFE_DIGITS);
  if (end == 0) return readOtherNumber(p, cell, path, depth, nullIsAbsent, 0, false);
  storeWord(cell, plainInteger);
  return end;
}

/** Reads a number as millionths, rounded half to even; unknown beyond 64 bits. */
export function readDecimal(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
): usize {
  const end = readPlainInteger(p, SAFE_DECIMAL_DIGITS);
  if (end == 0) return readOtherNumber(p, cell, path, depth, nullIsAbsent, 6, true);
  storeWord(cell, plainInteger * 1000000);
  return end;
}

/** Makes the value that was just read unknown if it is outside its declared range. */
export function checkRange(cell: usize, lower: i64, upper: i64): void {
  if (!isKnown(cell)) return;
  const value = wordIn(cell);
  if (value < lower || value > upper) storeUnknown(cell);
}

/** Reads a number of seconds as milliseconds; unknown beyond 64 bits. */
export function readDuration(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
): usize {
  const end = readPlainInteger(p, SAFE_SECONDS_DIGITS);
  if (end == 0) return readOtherNumber(p, cell, path, depth, nullIsAbsent, 3, false);
  storeWord(cell, plainInteger * 1000);
  return end;
}

/** Reads a number of seconds since the epoch as milliseconds; unknown outside the years 0 to 9999. */
export function readTimestampSeconds(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
): usize {
  const end = readDuration(p, cell, path, depth, nullIsAbsent);
  checkRange(cell, FIRST_INSTANT, LAST_INSTANT);
  return end;
}

/** Reads an RFC 3339 string as milliseconds since the epoch. */
export function readTimestamp(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
): usize {
  // Most end with milliseconds and `Z`: if parsing such a string succeeds, it has no escapes.
  if (load<u8>(p, COMMON_INSTANT + 1) == 0x22 && load<u8>(p) == 0x22) {
    if (parseTimestamp(p + 1, COMMON_INSTANT)) {
      storeWord(cell, timestampValue);
      return p + COMMON_INSTANT + 2;
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
 * Reads a number that is not a plain integer, or another value: times ten to the power of `scale`,
 * rounded or truncated. Without a scale it must be an integer.
 */
function readOtherNumber(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool, scale: i32, round: bool,
): usize {
  if (classifyValue(p) != Found.NUMBER) return refuse(p, cell, path, depth, nullIsAbsent);
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

/** Skips at most `maxDigits` digits without fraction or exponent; 0: another form. Records nothing. */
function readPlainInteger(p: usize, maxDigits: usize): usize {
  // Up to seven digits at once. With these a byte is at most 9; any other byte sets its high bit.
  const word = load<u64>(p) ^ 0x3030303030303030;
  const strange = (word | (word + 0x7676767676767676)) & 0x8080808080808080;
  const bits = ctz(strange) & 0x38;
  const next = <u32>load<u8>(p + <usize>(bits >> 3));
  const isLead = (word & 0xff) == 0 && bits > 8;
  if (strange == 0 || bits == 0 || isLead || next == 0x2e || (next | 0x20) == 0x65) {
    return readLongInteger(p, maxDigits);
  }
  // Shifts the digits to the end of the word, after zeros.
  let digits = word << (64 - bits);
  digits = digits * 10 + (digits >> 8);
  const tens = (digits & 0x000000ff000000ff) * 0x000f424000000064;
  const ones = ((digits >> 16) & 0x000000ff000000ff) * 0x0000271000000001;
  plainInteger = <i64>((tens + ones) >> 32);
  return p + <usize>(bits >> 3);
}

function readLongInteger(p: usize, maxDigits: usize): usize {
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
    if (p - start > maxDigits) return 0;
  }
  const next = load<u8>(p);
  if (next == 0x2e || (next | 0x20) == 0x65) return 0;
  plainInteger = negative ? -value : value;
  return p;
}

// Writes UTF-8 text from an address on. A text that exceeds its room is not written further, but its length
// is still counted, so that a caller sees that it did not fit. Words are copied whole: up to seven bytes
// after the text are overwritten, which must belong to the room.

import { FIRST_INSTANT, LAST_INSTANT } from '../time/instant';

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const ONES: u64 = 0x0101010101010101;
const HIGHS: u64 = 0x8080808080808080;
const QUOTES: u64 = ONES * 0x22;
const BACKSLASHES: u64 = ONES * 0x5c;
const SPACES: u64 = ONES * 0x20;
/** The bytes that words are copied beyond a text. */
export const SLACK: usize = 8;

const SECOND: i64 = 1000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/** 1 March of year 0, in days before the epoch. */
const FIRST_MARCH: i64 = 719468;
/** The days of 400 years. */
const ERA: u32 = 146097;

/** The prefix of a v4 address: see addresses.ts. */
const MAPPED: u32 = 0xffff0000;
const MAPPED_BITS: u32 = 96;

let start: usize = 0;
let next: usize = 0;
let end: usize = 0;

/** Starts a text in `bytes` of memory, of which the last eight are not used. */
export function beginText(memory_: usize, bytes: usize): void {
  start = memory_;
  next = memory_;
  end = memory_ + bytes - SLACK;
}

/** The address after the text. */
export function textEnd(): usize {
  return next;
}

/**
 * Continues at another address, before the text and with enough room, which the caller guarantees, and
 * returns the one before: parts of a text are written there first.
 */
export function moveWriter(address: usize): usize {
  const before = next;
  next = address;
  return before;
}

/** The number of bytes, whether or not there was room for them. */
export function textLength(): i32 {
  return <i32>(next - start);
}

/** Whether the text has been written as a whole. */
export function isComplete(): bool {
  return next <= end;
}

// @ts-ignore: decorator
@inline
export function putByte(byte: u32): void {
  if (next < end) store<u8>(next, <u8>byte);
  next += 1;
}

/** Writes bytes unchanged. Up to seven bytes after them are read. */
export function putBytes(p: usize, n: usize): void {
  let to = next;
  next += n;
  if (next > end) return;
  for (; to < next; to += 8) {
    store<u64>(to, load<u64>(p));
    p += 8;
  }
}

/** Writes a fragment: the number of its bytes as a u32, and these bytes. */
export function putFragment(fragment: usize): void {
  putBytes(fragment + 4, load<u32>(fragment));
}

/** Writes a string with the escapes that JSON requires, without quotes. */
export function putEscaped(p: usize, n: i32): void {
  const last = p + <usize>n;
  while (p < last) {
    if (last - p >= 8 && next + 8 <= end) {
      const word = load<u64>(p);
      const quote = word ^ QUOTES;
      const backslash = word ^ BACKSLASHES;
      const special = ((quote - ONES) & ~quote) | ((backslash - ONES) & ~backslash) | ((word - SPACES) & ~word);
      if ((special & HIGHS) == 0) {
        store<u64>(next, word);
        next += 8;
        p += 8;
        continue;
      }
    }
    putCharacter(load<u8>(p));
    p += 1;
  }
}

/** Writes a string in quotes. */
export function putText(p: usize, n: i32): void {
  putByte(QUOTE);
  putEscaped(p, n);
  putByte(QUOTE);
}

/** Writes a string that is quoted within another one: with the escapes of both, and without quotes. */
export function putNested(p: usize, n: i32): void {
  isNested = true;
  for (let at: usize = 0; at < <usize>n; at += 1) putCharacter(load<u8>(p + at));
  isNested = false;
}

/** Whether each escape is escaped as well. */
let isNested: bool = false;

function putEscape(): void {
  putByte(BACKSLASH);
  if (isNested) putByte(BACKSLASH);
}

function putCharacter(byte: u32): void {
  if (byte >= 0x20) {
    if (byte == QUOTE || byte == BACKSLASH) {
      putEscape();
      if (isNested) putByte(BACKSLASH);
    }
    putByte(byte);
    return;
  }
  putEscape();
  const letter = shortEscape(byte);
  if (letter != 0) {
    putByte(letter);
    return;
  }
  // `u00`
  putByte(0x75);
  putByte(0x30);
  putByte(0x30);
  putHex(byte);
}

/** The letter of a control character that has one: `b`, `t`, `n`, `f` and `r`; 0: it has none. */
export function shortEscape(byte: u32): u32 {
  if (byte == 8) return 0x62;
  if (byte == 9) return 0x74;
  if (byte == 10) return 0x6e;
  if (byte == 12) return 0x66;
  return byte == 13 ? 0x72 : 0;
}

/** Writes two digits. */
export function putHex(byte: u32): void {
  putByte(hexDigit(byte >> 4));
  putByte(hexDigit(byte & 15));
}

/** Writes two digits for each byte. */
export function putHexBytes(p: usize, n: usize): void {
  for (let at: usize = 0; at < n; at += 1) putHex(load<u8>(p + at));
}

export function hexDigit(value: u32): u32 {
  return value + (value < 10 ? 0x30 : 0x57);
}

export function putBool(value: bool): void {
  // `true`, `fals`
  const word: u32 = value ? 0x65757274 : 0x736c6166;
  for (let at: u32 = 0; at < 32; at += 8) putByte((word >> at) & 255);
  if (!value) putByte(0x65);
}

export function putInteger(value: i64): void {
  if (value < 0) putByte(0x2d);
  putDigits(value < 0 ? 0 - <u64>value : <u64>value);
}

export function putDigits(value: u64): void {
  if (value >= 10) putDigits(value / 10);
  putByte(0x30 + <u32>(value % 10));
}

/** Writes a quotient in its shortest form; `unit`: a power of ten. */
export function putQuotient(value: i64, unit: u64): void {
  if (value < 0) putByte(0x2d);
  const whole = value < 0 ? 0 - <u64>value : <u64>value;
  putDigits(whole / unit);
  let rest = whole % unit;
  if (rest == 0) return;
  putByte(0x2e);
  for (; rest != 0; rest = (rest * 10) % unit) putByte(0x30 + <u32>(rest * 10 / unit));
}

/** Writes an instant in RFC 3339, and one that this cannot express as its milliseconds: `…ms`. */
export function putInstant(milliseconds: i64): void {
  if (milliseconds < FIRST_INSTANT || milliseconds > LAST_INSTANT) {
    putInteger(milliseconds);
    putByte(0x6d);
    putByte(0x73);
    return;
  }
  const sinceFirst = milliseconds - FIRST_INSTANT;
  const time = <u32>(sinceFirst % DAY);
  // Years start in March, so that leap days are at their end.
  const day = <u32>(sinceFirst / DAY + FIRST_INSTANT / DAY + FIRST_MARCH + <i64>ERA);
  const ofEra = day % ERA;
  const year = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146096) / 365;
  const ofYear = ofEra - (365 * year + year / 4 - year / 100);
  const month = (5 * ofYear + 2) / 153;
  const isEarly = month >= 10;
  putPadded(year + day / ERA * 400 + u32(isEarly) - 400, 4);
  putByte(0x2d);
  putPadded(isEarly ? month - 9 : month + 3, 2);
  putByte(0x2d);
  putPadded(ofYear - (153 * month + 2) / 5 + 1, 2);
  putByte(0x54);
  putPadded(time / <u32>HOUR, 2);
  putByte(0x3a);
  putPadded(time / <u32>MINUTE % 60, 2);
  putByte(0x3a);
  putPadded(time / <u32>SECOND % 60, 2);
  putByte(0x2e);
  putPadded(time % <u32>SECOND, 3);
  putByte(0x5a);
}

function putPadded(value: u32, digits: i32): void {
  if (digits > 1) putPadded(value / 10, digits - 1);
  putByte(0x30 + value % 10);
}

/** Writes milliseconds as a literal with the largest unit that divides them: `5m`, `1500ms`. */
export function putDuration(milliseconds: i64): void {
  if (milliseconds == 0) putUnit(0, 1, 0x73);
  else if (milliseconds % DAY == 0) putUnit(milliseconds, DAY, 0x64);
  else if (milliseconds % HOUR == 0) putUnit(milliseconds, HOUR, 0x68);
  else if (milliseconds % MINUTE == 0) putUnit(milliseconds, MINUTE, 0x6d);
  else if (milliseconds % SECOND == 0) putUnit(milliseconds, SECOND, 0x73);
  else {
    putUnit(milliseconds, 1, 0x6d);
    putByte(0x73);
  }
}

function putUnit(milliseconds: i64, size: i64, letter: u32): void {
  putInteger(milliseconds / size);
  putByte(letter);
}

/** Writes an address of 16 bytes as in RFC 5952, or a network, which has one byte more. */
export function putAddress(p: usize, n: i32): void {
  const isQuad = load<u64>(p) == 0 && load<u32>(p, 8) == MAPPED;
  const bits = n > 16 ? <u32>load<u8>(p, 16) : MAPPED_BITS;
  const isShort = isQuad && bits >= MAPPED_BITS;
  if (isShort) putQuad(p + 12);
  else putGroups(p);
  if (n <= 16) return;
  putByte(0x2f);
  putDigits(isShort ? bits - MAPPED_BITS : bits);
}

function putQuad(p: usize): void {
  for (let part: usize = 0; part < 4; part += 1) {
    if (part > 0) putByte(0x2e);
    putDigits(load<u8>(p + part));
  }
}

/** Writes eight groups; the longest run of at least two groups of zeros, or the first of them, as `::`. */
function putGroups(p: usize): void {
  let run = 8;
  let length = 1;
  for (let from = 0; from < 8;) {
    let to = from;
    while (to < 8 && readGroup(p, to) == 0) to += 1;
    if (to - from > length) {
      run = from;
      length = to - from;
    }
    from = to + 1;
  }
  for (let group = 0; group < 8;) {
    if (group == run) {
      putByte(0x3a);
      group += length;
      if (group == 8) putByte(0x3a);
      continue;
    }
    if (group > 0) putByte(0x3a);
    putHexNumber(readGroup(p, group));
    group += 1;
  }
}

function readGroup(p: usize, group: i32): u32 {
  return bswap<u16>(load<u16>(p + (<usize>group << 1)));
}

function putHexNumber(value: u32): void {
  if (value >= 16) putHexNumber(value >> 4);
  putByte(hexDigit(value & 15));
}

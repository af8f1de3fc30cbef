// Writes the facts of a session as JSON that readers accept, from values in cells. If the memory is full,
// nothing more is written, but the length is still counted.

import { FIRST_INSTANT } from '../instant';

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const DAY: i64 = 86400000;
/** 1 March of year 0, in days before the epoch. */
const FIRST_MARCH: i64 = 719468;
/** A v4 address or its network (see addresses.ts); other addresses have other bytes before `bits`. */
@unmanaged
class MappedAddress {
  /** 0. */
  upper!: u64;
  /** `MAPPED`. */
  prefix!: u32;
  /** The four bytes of the v4 address. */
  quad!: u32;
  /** The length of a network's prefix. */
  bits!: u8;
}

/** The bytes of an address; a network has more. */
const ADDRESS_BYTES: i32 = <i32>offsetof<MappedAddress>('bits');
const MAPPED: u32 = 0xffff0000;
/** The bits of the prefix before a v4 address. */
const MAPPED_BITS: i32 = 96;

let start: usize = 0;
let next: usize = 0;
let end: usize = 0;

export function beginWriting(memory_: usize, bytes: usize): void {
  start = memory_;
  next = memory_;
  end = memory_ + bytes;
}

/** The number of bytes, whether or not there was room for them. */
export function writtenBytes(): usize {
  return next - start;
}

export function put(byte: u32): void {
  if (next < end) store<u8>(next, <u8>byte);
  next += 1;
}

/** Writes bytes unchanged. */
export function putBytes(p: usize, n: i32): void {
  if (next + <usize>n <= end) memory.copy(next, p, n);
  next += <usize>n;
}

/** Writes a string in quotes, with the escapes that JSON requires. */
export function putText(p: usize, n: i32): void {
  put(QUOTE);
  for (let at = 0; at < n; at += 1) {
    const byte = <u32>load<u8>(p + <usize>at);
    if (byte >= 0x20) {
      if (byte == QUOTE || byte == BACKSLASH) put(BACKSLASH);
      put(byte);
      continue;
    }
    // `\u00`
    put(BACKSLASH);
    put(0x75);
    put(0x30);
    put(0x30);
    putHex(byte);
  }
  put(QUOTE);
}

/** Writes two digits. */
function putHex(byte: u32): void {
  put(hexDigit(byte >> 4));
  put(hexDigit(byte & 15));
}

function hexDigit(value: u32): u32 {
  return value + (value < 10 ? 0x30 : 0x57);
}

/** Writes two digits for each byte. */
export function putHexBytes(p: usize, n: usize): void {
  for (let at: usize = 0; at < n; at += 1) putHex(load<u8>(p + at));
}

export function putBool(value: bool): void {
  // `true`, `fals`
  const word: u32 = value ? 0x65757274 : 0x736c6166;
  for (let at: u32 = 0; at < 32; at += 8) put((word >> at) & 255);
  if (!value) put(0x65);
}

export function putInteger(value: i64): void {
  if (value < 0) put(0x2d);
  putDigits(value < 0 ? 0 - <u64>value : <u64>value);
}

function putDigits(value: u64): void {
  if (value >= 10) putDigits(value / 10);
  put(0x30 + <u32>(value % 10));
}

/** Writes a number with the given number of decimal places. */
export function putScaled(value: i64, digits: i32): void {
  if (value < 0) put(0x2d);
  let unit: u64 = 1;
  for (let at = 0; at < digits; at += 1) unit *= 10;
  const whole = value < 0 ? 0 - <u64>value : <u64>value;
  putDigits(whole / unit);
  let rest = whole % unit;
  if (rest == 0) return;
  put(0x2e);
  for (; rest != 0; rest = (rest * 10) % unit) put(0x30 + <u32>(rest * 10 / unit));
}

/** Writes an instant in RFC 3339, for the years 0 to 9999. */
export function putInstant(milliseconds: i64): void {
  const days = (milliseconds - FIRST_INSTANT) / DAY;
  const ofDay = <u32>((milliseconds - FIRST_INSTANT) % DAY);
  // Years start in March, so that leap days are at their end.
  const day = <u32>(days + FIRST_INSTANT / DAY + FIRST_MARCH + 146097);
  const era = day / 146097;
  const ofEra = day % 146097;
  const year = (ofEra - ofEra / 1460 + ofEra / 36524 - ofEra / 146096) / 365;
  const ofYear = ofEra - (365 * year + year / 4 - year / 100);
  const month = (5 * ofYear + 2) / 153;
  const isEarly = month >= 10;
  const written = year + era * 400 + u32(isEarly) - 400;
  put(QUOTE);
  putPadded(written, 4);
  put(0x2d);
  putPadded(isEarly ? month - 9 : month + 3, 2);
  put(0x2d);
  putPadded(ofYear - (153 * month + 2) / 5 + 1, 2);
  put(0x54);
  putPadded(ofDay / 3600000, 2);
  put(0x3a);
  putPadded(ofDay / 60000 % 60, 2);
  put(0x3a);
  putPadded(ofDay / 1000 % 60, 2);
  put(0x2e);
  putPadded(ofDay % 1000, 3);
  put(0x5a);
  put(QUOTE);
}

function putPadded(value: u32, digits: i32): void {
  if (digits > 1) putPadded(value / 10, digits - 1);
  put(0x30 + value % 10);
}

/** Writes an address or a network. */
export function putAddress(p: usize, n: i32): void {
  const isQuad = load<u64>(p, offsetof<MappedAddress>('upper')) == 0
    && load<u32>(p, offsetof<MappedAddress>('prefix')) == MAPPED;
  const bits = n > ADDRESS_BYTES ? <i32>load<u8>(p, offsetof<MappedAddress>('bits')) : MAPPED_BITS;
  put(QUOTE);
  if (isQuad && bits >= MAPPED_BITS) {
    for (let part = offsetof<MappedAddress>('quad'); part < offsetof<MappedAddress>('bits'); part += 1) {
      if (part > offsetof<MappedAddress>('quad')) put(0x2e);
      putDigits(load<u8>(p + part));
    }
  } else {
    for (let part: usize = 0; part < offsetof<MappedAddress>('bits'); part += 2) {
      if (part > 0) put(0x3a);
      putHex(load<u8>(p + part));
      putHex(load<u8>(p + part, 1));
    }
  }
  if (n > ADDRESS_BYTES) {
    put(0x2f);
    putDigits(isQuad && bits >= MAPPED_BITS ? bits - MAPPED_BITS : bits);
  }
  put(QUOTE);
}

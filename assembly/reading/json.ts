// Parses strict JSON (RFC 8259). A function takes a cursor, an address in the document, and returns the
// cursor after what it read, or 0 after an error that ends reading. The position of such an error is
// exact: the first byte of a literal, the first byte that cannot continue a number, in a string the
// invalid byte (the backslash of an escape, the first byte of an invalid sequence), otherwise the first
// unexpected byte, or the end of the document.

import { tryAllocate } from '../memory/arena';
import { Code, failText, Found } from './errors';
import { DEPTH_LIMIT, INPUT } from '../layout';
import { scannedEscape, scanText, unescape } from './scan';
import { Kind, noteValue, noting } from './shapes';

/** The string that was read last, without escapes; in the document itself if it has none. */
export let textPtr: usize = INPUT;
export let textLen: i32 = 0;

/** The address after the last byte of the document. */
export let textEnd: usize = INPUT;

export function setTextEnd(end: usize): void {
  textEnd = end;
}

// @ts-ignore: decorator
@inline
export function skipSpace(p: usize): usize {
  return load<u8>(p) > 0x20 ? p : skipSpaces(p);
}

function skipSpaces(p: usize): usize {
  while (load<u64>(p) == 0x2020202020202020) p += 8;
  while (isSpace(load<u8>(p))) p += 1;
  return p;
}

// @ts-ignore: decorator
@inline
function isSpace(byte: u32): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** The kind of the value that starts at `p`, as in `Found`; 0: no value starts with this byte. */
export function classifyValue(p: usize): i32 {
  const byte = <u32>load<u8>(p);
  if (byte == 0x22) return Found.STRING;
  if (byte == 0x7b) return Found.OBJECT;
  if (byte == 0x5b) return Found.ARRAY;
  if (byte - 0x30 < 10 || byte == 0x2d) return Found.NUMBER;
  if (byte == 0x74 || byte == 0x66) return Found.BOOLEAN;
  return byte == 0x6e ? Found.NULL : Found.NOTHING;
}

/** Reads the string whose opening quote is at `p` into `textPtr` and `textLen`. */
export function readText(p: usize): usize {
  const end = scanText(p + 1);
  if (end == 0) return 0;
  textPtr = p + 1;
  textLen = <i32>(end - p) - 2;
  if (scannedEscape) unescapeText();
  return end;
}

function unescapeText(): void {
  const copy = tryAllocate(textLen);
  textLen = copy == 0 ? 0 : unescape(textPtr, textPtr + <usize>textLen, copy);
  if (copy != 0) textPtr = copy;
}

// @ts-ignore: decorator
@inline
export function skipColon(p: usize): usize {
  return load<u8>(p) == 0x3a ? skipSpace(p + 1) : skipLateColon(p);
}

function skipLateColon(p: usize): usize {
  p = skipSpace(p);
  return load<u8>(p) == 0x3a ? skipSpace(p + 1) : failText(Code.NOT_JSON, p);
}

/** Only white space may follow. */
export function expectEnd(p: usize): usize {
  p = skipSpace(p);
  return p == textEnd ? p : failText(Code.NOT_JSON, p);
}

/** Validates and skips the value at `p`, which is at level `depth` if it is an object or array. */
export function skipValue(p: usize, depth: i32): usize {
  if (load<u8>(p) == 0x22) return scanText(p + 1);
  switch (classifyValue(p)) {
    case Found.NUMBER: return skipNumber(p);
    case Found.OBJECT: return skipObject(p, depth);
    case Found.ARRAY: return skipArray(p, depth);
    case Found.BOOLEAN: return load<u8>(p) == 0x74 ? skipTrue(p) : skipFalse(p);
    case Found.NULL: return skipNull(p);
    default: return failText(Code.NOT_JSON, p);
  }
}

// @ts-ignore: decorator
@inline
export function skipNull(p: usize): usize {
  return load<u32>(p) == 0x6c6c756e ? p + 4 : failText(Code.NOT_JSON, p);
}

// @ts-ignore: decorator
@inline
export function skipTrue(p: usize): usize {
  return load<u32>(p) == 0x65757274 ? p + 4 : failText(Code.NOT_JSON, p);
}

// @ts-ignore: decorator
@inline
export function skipFalse(p: usize): usize {
  return load<u32>(p, 1) == 0x65736c61 ? p + 5 : failText(Code.NOT_JSON, p);
}

/** Skips the number at `p`, a minus sign or digit. */
export function skipNumber(p: usize): usize {
  if (load<u8>(p) == 0x2d) p += 1;
  if (load<u8>(p) == 0x30) {
    p += 1;
  } else {
    p = skipDigits(p);
    if (p == 0) return 0;
  }
  if (load<u8>(p) == 0x2e) {
    p = skipDigits(p + 1);
    if (p == 0) return 0;
  }
  if ((load<u8>(p) | 0x20) == 0x65) {
    const sign = load<u8>(p, 1);
    p = skipDigits(sign == 0x2b || sign == 0x2d ? p + 2 : p + 1);
  }
  return p;
}

/** Skips at least one digit. */
function skipDigits(p: usize): usize {
  if (<u32>load<u8>(p) - 0x30 >= 10) return failText(Code.NOT_JSON, p);
  do p += 1; while (<u32>load<u8>(p) - 0x30 < 10);
  return p;
}

/** Moves the cursor into the object or array at `p`, to its first item or closing bracket. */
// @ts-ignore: decorator
@inline
export function enter(p: usize, depth: i32): usize {
  return depth > DEPTH_LIMIT ? failText(Code.TOO_DEEP, p) : skipSpace(p + 1);
}

function skipObject(p: usize, depth: i32): usize {
  p = enter(p, depth);
  if (p == 0) return 0;
  if (load<u8>(p) == 0x7d) return p + 1;
  while (true) {
    if (load<u8>(p) != 0x22) return failText(Code.NOT_JSON, p);
    p = scanText(p + 1);
    if (p == 0) return 0;
    p = skipColon(p);
    if (p == 0) return 0;
    if (noting) noteValue(Kind.ANY, p, 0, 0, depth + 1);
    p = skipValue(p, depth + 1);
    if (p == 0) return 0;
    p = skipSpace(p);
    const byte = load<u8>(p);
    if (byte == 0x7d) return p + 1;
    if (byte != 0x2c) return failText(Code.NOT_JSON, p);
    p = skipSpace(p + 1);
  }
}

function skipArray(p: usize, depth: i32): usize {
  p = enter(p, depth);
  if (p == 0) return 0;
  if (load<u8>(p) == 0x5d) return p + 1;
  while (true) {
    p = skipValue(p, depth + 1);
    if (p == 0) return 0;
    p = skipSpace(p);
    const byte = load<u8>(p);
    if (byte == 0x5d) return p + 1;
    if (byte != 0x2c) return failText(Code.NOT_JSON, p);
    p = skipSpace(p + 1);
  }
}

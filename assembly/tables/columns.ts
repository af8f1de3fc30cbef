// Reads keys and values of external tables, by the description of their column. A value that is not of the
// column's type is recorded; the path of a fault is the index of its column.

import { readCidr, readIp, toCidr, toIp } from '../values/addresses';
import { ok } from '../values/arith';
import { equalBytes } from '../memory/bytes';
import {
  CELL, isKnown, isPresent, lengthIn, pointerIn, storeBytes, storeFaulty, storeUnknown, storeWord,
} from '../memory/cells';
import { decimalFits, decimalValue, parseDecimal } from '../values/decimal';
import { Code, Found, recordFault } from '../reading/errors';
import { FIRST_INSTANT, LAST_INSTANT, parseTimestamp, timestampValue } from '../time/instant';
import { classifyValue, readText, textLen, textPtr } from '../reading/json';
import { STRING_LIMIT } from '../layout';
import { scanText } from '../reading/scan';
import { KEY_BYTES, KEY_WORD } from './tables';
import { spiffeValid } from '../strings/text';
import {
  checkRange, readBool, readDecimal, readDuration, readInt, readSpiffe, readString, readTimestamp,
  readTimestampSeconds, refuse, refuseLong,
} from '../reading/values';

/** The description of a column. */
@unmanaged
export class Column {
  /** As in `ColumnKind`. */
  kind!: i32;
  /** The members of an enum: the address of their cells, and their number. */
  members!: u32;
  memberCount!: i32;
  reserved!: u32;
  /** The range of a number. */
  min!: i64;
  max!: i64;
}

export const enum ColumnKind {
  BOOL = 0,
  INT = 1,
  DECIMAL = 2,
  STRING = 3,
  TIMESTAMP = 4,
  SECONDS = 5,
  DURATION = 6,
  SPIFFE = 7,
  IP = 8,
  CIDR = 9,
  ENUM = 10,
}

export const COLUMN: usize = offsetof<Column>();
/** A byte takes at most six bytes of JSON, so a longer string is certainly too long. */
const MAX_TEXT: usize = 6 * STRING_LIMIT;

export function keyKind(column: usize): i32 {
  return holdsBytes(column) ? KEY_BYTES : KEY_WORD;
}

export function holdsBytes(column: usize): bool {
  const kind = load<i32>(column, offsetof<Column>('kind'));
  return kind == ColumnKind.STRING || (kind >= ColumnKind.SPIFFE && kind <= ColumnKind.CIDR);
}

/** Reads the name whose quote is at `p` as a key into `cell`; returns the cursor after it. */
export function readKey(p: usize, column: usize, cell: usize, path: i32): usize {
  const end = scanText(p + 1);
  if (end == 0) return 0;
  if (end - p <= MAX_TEXT && readText(p) == 0) return 0;
  if (end - p > MAX_TEXT || textLen > STRING_LIMIT) {
    storeUnknown(cell);
    recordFault(Code.TOO_LONG, path, Found.NOTHING, p);
  } else {
    storeKey(column, cell);
    if (!isKnown(cell)) recordFault(Code.WRONG_KEY, path, Found.NOTHING, p);
  }
  return end;
}

function storeKey(column: usize, cell: usize): void {
  const p = textPtr;
  const n = textLen;
  storeUnknown(cell);
  switch (load<i32>(column, offsetof<Column>('kind'))) {
    case ColumnKind.BOOL: return storeKeyBool(cell);
    case ColumnKind.INT: return storeKeyNumber(column, cell, 0);
    case ColumnKind.DECIMAL: return storeKeyNumber(column, cell, 6);
    case ColumnKind.DURATION: return storeKeyNumber(column, cell, 3);
    case ColumnKind.SECONDS: {
      storeKeyNumber(column, cell, 3);
      return checkRange(cell, FIRST_INSTANT, LAST_INSTANT);
    }
    case ColumnKind.STRING: return storeBytes(cell, p, n);
    case ColumnKind.SPIFFE: {
      if (spiffeValid(p, n)) storeBytes(cell, p, n);
      return;
    }
    case ColumnKind.TIMESTAMP: {
      if (parseTimestamp(p, n)) storeWord(cell, timestampValue);
      return;
    }
    case ColumnKind.ENUM: return storeMember(column, cell);
    default: return storeKeyAddress(column, cell);
  }
}

function storeKeyBool(cell: usize): void {
  if (textLen == 4 && load<u32>(textPtr) == 0x65757274) storeWord(cell, 1);
  if (textLen == 5 && load<u8>(textPtr) == 0x66 && load<u32>(textPtr, 1) == 0x65736c61) {
    storeWord(cell, 0);
  }
}

/** Stores a JSON number without an exponent, and with at most `digits` decimal places. */
function storeKeyNumber(column: usize, cell: usize, digits: i32): void {
  const end = textPtr + <usize>textLen;
  let p = textPtr;
  if (p < end && load<u8>(p) == 0x2d) p += 1;
  const first = p;
  while (p < end && isDigit(p)) p += 1;
  if (p == first || (load<u8>(first) == 0x30 && p - first > 1)) return;
  if (p < end) {
    if (load<u8>(p) != 0x2e) return;
    const point = p;
    p += 1;
    while (p < end && isDigit(p)) p += 1;
    const count = <i32>(p - point) - 1;
    if (p < end || count == 0 || count > digits) return;
  }
  parseDecimal(textPtr, end, digits, false);
  if (!decimalFits) return;
  storeWord(cell, decimalValue);
  checkColumn(cell, column);
}

/** Makes a number unknown that is outside the range of its column. */
// @ts-ignore: decorator
@inline
function checkColumn(cell: usize, column: usize): void {
  checkRange(cell, load<i64>(column, offsetof<Column>('min')), load<i64>(column, offsetof<Column>('max')));
}

// @ts-ignore: decorator
@inline
function isDigit(p: usize): bool {
  return <u32>load<u8>(p) - 0x30 < 10;
}

function storeKeyAddress(column: usize, cell: usize): void {
  const kind = load<i32>(column, offsetof<Column>('kind'));
  const address = kind == ColumnKind.IP ? toIp(textPtr, textLen) : toCidr(textPtr, textLen);
  if (ok) storeBytes(cell, <usize>(<u32>address), <i32>(address >> 32));
}

/** Stores the string that was read last as a member of the enum. */
function storeMember(column: usize, cell: usize): void {
  const members = <usize>load<u32>(column, offsetof<Column>('members'));
  const count = load<i32>(column, offsetof<Column>('memberCount'));
  for (let at = 0; at < count; at += 1) {
    const member = members + <usize>at * CELL;
    if (lengthIn(member) == textLen && equalBytes(pointerIn(member), textPtr, textLen)) {
      storeWord(cell, at);
      return;
    }
  }
  storeUnknown(cell);
}

/** Reads a value or an element, whose string can be in the arena. */
export function readColumn(p: usize, column: usize, cell: usize, path: i32, depth: i32): usize {
  if (load<u8>(p) == 0x22 && load<i32>(column, offsetof<Column>('kind')) >= ColumnKind.STRING) {
    const end = scanText(p + 1);
    if (end != 0 && end - p > MAX_TEXT) {
      refuseLongest(p, column, cell, path);
      return end;
    }
  }
  const end = readByKind(p, column, cell, path, depth);
  if (end != 0 && !isKnown(cell) && isPresent(cell)) {
    recordFault(Code.WRONG_TYPE, path, Found.OUTSIDE, p);
  }
  return end;
}

/** Refuses a string that would not fit the arena without its escapes. */
function refuseLongest(p: usize, column: usize, cell: usize, path: i32): void {
  const kind = load<i32>(column, offsetof<Column>('kind'));
  if (kind != ColumnKind.ENUM && kind != ColumnKind.TIMESTAMP) return refuseLong(p, cell, path);
  storeFaulty(cell);
  const found = kind == ColumnKind.ENUM ? Found.OUTSIDE : Found.UNREADABLE;
  recordFault(Code.WRONG_TYPE, path, found, p);
}

function readByKind(p: usize, column: usize, cell: usize, path: i32, depth: i32): usize {
  switch (load<i32>(column, offsetof<Column>('kind'))) {
    case ColumnKind.BOOL: return readBool(p, cell, path, depth, false);
    case ColumnKind.INT: {
      const end = readInt(p, cell, path, depth, false);
      if (end != 0) checkColumn(cell, column);
      return end;
    }
    case ColumnKind.DECIMAL: {
      const end = readDecimal(p, cell, path, depth, false);
      if (end != 0) checkColumn(cell, column);
      return end;
    }
    case ColumnKind.STRING: return readString(p, cell, path, depth, false);
    case ColumnKind.TIMESTAMP: return readTimestamp(p, cell, path, depth, false);
    case ColumnKind.SECONDS: return readTimestampSeconds(p, cell, path, depth, false);
    case ColumnKind.DURATION: return readDuration(p, cell, path, depth, false);
    case ColumnKind.SPIFFE: return readSpiffe(p, cell, path, depth, false);
    case ColumnKind.IP: return readIp(p, cell, path, depth, false);
    case ColumnKind.CIDR: return readCidr(p, cell, path, depth, false);
    default: {
      if (classifyValue(p) != Found.STRING) return refuse(p, cell, path, depth, false);
      const end = readText(p);
      if (end != 0) storeMember(column, cell);
      return end;
    }
  }
}

// Reads a map: an object with any names, each the key of an entry unless its value is null. In a partial request, it
// is merged with the entries that the map has, as records are.

import { allocate, exhausted, mark, release } from '../memory/arena';
import {
  CELL, clearCells, isFaulty, lengthIn, Marks, marksIn, pointerIn, storeBytes, storeCollection, storeFaulty, WordCell,
} from '../memory/cells';
import { Code, failText, Found, recordFault } from '../reading/errors';
import { enter, readText, skipColon, skipNull, skipSpace, skipValue, textLen, textPtr } from '../reading/json';
import { ELEMENT_LIMIT, INPUT, STRING_LIMIT } from '../layout';
import { entryWithKey } from '../values/maps';
import { MemberKind } from '../reading/members';
import { noteName, openNames } from '../reading/names';
import { isShortString, shortStringEnd } from '../reading/scan';
import { refuse, refuseLong } from '../reading/values';
import { readValue } from './generated';
import { PATCHES } from './layout';
import { readRecord } from './object-reader';

/** The name that was read last. */
let keyPtr: usize = INPUT;
let keyLen: i32 = 0;

/**
 * Reads entries of `stride` bytes, whose values have this kind and path; `record`: the table of the values, if they
 * are records.
 */
export function readMap(
  p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool,
  stride: usize, kind: i32, record: usize, valuePath: i32,
): usize {
  if (load<u8>(p) != 0x7b) return refuse(p, cell, path, depth, nullIsAbsent);
  const start = p;
  p = enter(p, depth);
  if (p == 0) return 0;
  const entries = allocate(<usize>ELEMENT_LIMIT * stride);
  const top = mark();
  const scope = openNames();
  let count = PATCHES ? copyEntries(entries, stride, cell) : 0;
  // The entries among which a key is sought; those that the request adds have different keys.
  let known = count;
  let isFull = false;
  let faulty = false;
  if (load<u8>(p) != 0x7d) {
    while (true) {
      const name = p;
      p = readKey(p);
      if (p == 0) return 0;
      noteName(scope, keyPtr, keyLen, <i32>(name - INPUT));
      const end = entries + <usize>count * stride;
      const entry = PATCHES ? entryWithKey(entries, known, stride, keyPtr, keyLen, end) : end;
      const isNew = entry == end;
      if (load<u8>(p) == 0x6e) {
        p = skipNull(p);
        if (!isNew) {
          count -= 1;
          known = min(known, count);
          memory.copy(entry, end - stride, stride);
        }
      } else if (!isNew || (count < ELEMENT_LIMIT && !exhausted)) {
        if (isNew) {
          count += 1;
          clearCells(entry, <i32>stride);
          store<u32>(entry, Marks.USABLE, offsetof<WordCell>('marks'));
          storeBytes(entry + CELL, keyPtr, keyLen);
          if (keyLen > STRING_LIMIT) {
            refuseLong(name, entry + CELL, path);
            faulty = true;
          }
        }
        const value = entry + 2 * CELL;
        p = kind == MemberKind.RECORD
          ? readRecord(p, record, value, valuePath, depth + 1, true)
          : readValue(p, kind, value, valuePath, depth + 1);
        if (isFaulty(value)) faulty = true;
      } else {
        p = skipValue(p, depth + 1);
        isFull = true;
      }
      if (p == 0) return 0;
      p = skipSpace(p);
      const byte = load<u8>(p);
      if (byte == 0x7d) break;
      if (byte != 0x2c) return failText(Code.NOT_JSON, p);
      p = skipSpace(p + 1);
    }
  }
  if (isFull) {
    recordFault(Code.TOO_MANY, path, Found.NOTHING, start);
    faulty = true;
    count = 0;
  }
  if (faulty) storeFaulty(cell);
  else storeCollection(cell, entries, count, false);
  if (mark() == top && !exhausted) release(entries + <usize>count * stride);
  return p + 1;
}

/** Copies the entries of the map in the cell; returns their number. */
function copyEntries(to: usize, stride: usize, cell: usize): i32 {
  if ((marksIn(cell) & Marks.USABLE) != Marks.USABLE || exhausted) return 0;
  const count = lengthIn(cell);
  memory.copy(to, pointerIn(cell), <usize>count * stride);
  return count;
}

/** Reads a name and its colon; returns the cursor at the value. */
function readKey(p: usize): usize {
  const end = shortStringEnd(p);
  if (isShortString(p, end)) {
    keyPtr = p + 1;
    keyLen = <i32>(end - p) - 2;
    return skipColon(end);
  }
  if (load<u8>(p) != 0x22) return failText(Code.NOT_JSON, p);
  p = readText(p);
  if (p == 0) return 0;
  keyPtr = textPtr;
  keyLen = textLen;
  return skipColon(p);
}

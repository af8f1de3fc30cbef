// Strings that are joined from parts. A comparison does not join them: the other string is matched part
// by part, and nothing is allocated. The rest of that string has a negative length if it differs. The
// string of an obligation is joined in memory that the compiler reserved for it.

import { setOk } from '../values/arith';
import { equalBytes } from '../memory/bytes';
import { pair } from '../memory/cells';
import { TEXTS, TEXTS_END } from '../layout';
import { afterRoot, pathAfter } from './paths';

const DIFFERS: i32 = -1;

/** Room for the digits of any Int. */
const digits: usize = memory.data(32);
const digitsEnd: usize = digits + 24;

let next: usize = TEXTS;

/** Called before the strings of an answer are joined. */
export function resetTexts(): void {
  next = TEXTS;
}

/** The rest of a string after a prefix. */
export function afterText(p: usize, n: i32, q: usize, m: i32): u64 {
  return m <= n && equalBytes(p, q, m) ? pair(p + <usize>m, n - m) : pair(p, DIFFERS);
}

/** The rest of a string before a suffix. */
export function beforeText(p: usize, n: i32, q: usize, m: i32): u64 {
  return m <= n && equalBytes(p + <usize>(n - m), q, m) ? pair(p, n - m) : pair(p, DIFFERS);
}

export function afterInteger(p: usize, n: i32, value: i64): u64 {
  const start = writeInteger(value);
  return afterText(p, n, start, <i32>(digitsEnd - start));
}

export function beforeInteger(p: usize, n: i32, value: i64): u64 {
  const start = writeInteger(value);
  return beforeText(p, n, start, <i32>(digitsEnd - start));
}

export function afterRootInteger(p: usize, n: i32, value: i64): u64 {
  const start = writeInteger(value);
  return afterRoot(p, n, start, <i32>(digitsEnd - start));
}

export function pathAfterInteger(state: i64, value: i64): i64 {
  const start = writeInteger(value);
  return pathAfter(state, start, <i32>(digitsEnd - start));
}

/** Whether the rest means that all parts matched. */
export function isFound(p: usize, n: i32): bool {
  return n >= 0;
}

/** Whether the rest means that all parts matched and nothing is left. */
export function isConsumed(p: usize, n: i32): bool {
  return n == 0;
}

/** Writes the digits, which end at `digitsEnd`; returns their start. */
function writeInteger(value: i64): usize {
  let p = digitsEnd;
  let left = value < 0 ? 0 - <u64>value : <u64>value;
  do {
    p -= 1;
    store<u8>(p, <u8>(0x30 + left % 10));
    left /= 10;
  } while (left != 0);
  if (value < 0) {
    p -= 1;
    store<u8>(p, 0x2d);
  }
  return p;
}

/** Appends to the string that was joined last, or to an empty one. `ok`: there was room. */
export function joinText(p: usize, n: i32, q: usize, m: i32): u64 {
  const start = n == 0 ? next : p;
  const has = <usize>m <= TEXTS_END - next;
  setOk(i32(has));
  if (!has) return pair(TEXTS, 0);
  memory.copy(next, q, m);
  next += <usize>m;
  return pair(start, n + m);
}

export function joinInteger(p: usize, n: i32, value: i64): u64 {
  const start = writeInteger(value);
  return joinText(p, n, start, <i32>(digitsEnd - start));
}

// Strings that are put together from parts. To be compared they are not: the other string is taken apart
// instead, and nothing is allocated. What is left of it is a string, with a negative length where it
// differs. An obligation's string is joined in memory that the compiler reserved for it.

import { setOk } from './arith';
import { equalBytes } from './bytes';
import { pair } from './cells';
import { TEXTS, TEXTS_END } from './layout';
import { afterRoot, pathAfter } from './paths';

const DIFFERS: i32 = -1;

/** Room for the digits of any Int. */
const digits: usize = memory.data(32);
const digitsEnd: usize = digits + 24;

let next: usize = TEXTS;

/** Before the strings of an answer are joined. */
export function resetTexts(): void {
  next = TEXTS;
}

/** What is left of a string after one that it begins with. */
export function afterText(p: usize, n: i32, q: usize, m: i32): u64 {
  return m <= n && equalBytes(p, q, m) ? pair(p + <usize>m, n - m) : pair(p, DIFFERS);
}

/** What is left of a string before one that it ends with. */
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

/** Of what is left: whether the parts were found. */
export function isFound(p: usize, n: i32): bool {
  return n >= 0;
}

/** Of what is left: whether the parts were found, and nothing besides. */
export function isUsedUp(p: usize, n: i32): bool {
  return n == 0;
}

/** Where the digits begin, which end at `digitsEnd`. */
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

/** The string before is the one that was joined last, or empty. `ok`: there was room. */
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

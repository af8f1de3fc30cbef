// The builtins under the names in the language's table, with operands in source order: a word is an i64,
// a string is a pointer and a byte length, a set a pointer and a count. Strings and sets are returned as
// a pair (see cells.ts). A builtin that can fail reports it in `ok`.

import { setOk } from './arith';
import { pair } from '../memory/cells';
import {
  hasBytes, hasWord, withinBytes, withinWords,
} from './sets';
import { codePoints, spiffeValid } from '../strings/text';

export function inBytes(p: usize, n: i32, set: usize, count: i32): bool {
  return hasBytes(set, count, p, n);
}

export function inWords(value: i64, set: usize, count: i32): bool {
  return hasWord(set, count, value);
}

export function notInBytes(p: usize, n: i32, set: usize, count: i32): bool {
  return !hasBytes(set, count, p, n);
}

export function notInWords(value: i64, set: usize, count: i32): bool {
  return !hasWord(set, count, value);
}

export function notWithinBytes(a: usize, an: i32, b: usize, bn: i32): bool {
  return !withinBytes(a, an, b, bn);
}

export function notWithinWords(a: usize, an: i32, b: usize, bn: i32): bool {
  return !withinWords(a, an, b, bn);
}

export function readCount(set: usize, count: i32): i64 {
  return count;
}

export function codePointCount(p: usize, n: i32): i64 {
  return codePoints(p, n);
}

export function toSpiffe(p: usize, n: i32): u64 {
  setOk(i32(spiffeValid(p, n)));
  return pair(p, n);
}

/** Whether two sets of distinct elements are equal. */
export function sameSetBytes(a: usize, an: i32, b: usize, bn: i32): bool {
  return an == bn && withinBytes(a, an, b, bn);
}

export function sameSetWords(a: usize, an: i32, b: usize, bn: i32): bool {
  return an == bn && withinWords(a, an, b, bn);
}

// Merges the value of one narrow into the cell of a constraint. Each function returns 1 if the two
// contradict each other; a cell without a value takes the new one.

import { sameBytes } from './bytes';
import { isKnown, storeBytes, storeCollection, storeWord } from './cells';
import { sameSetBytes, sameSetWords } from './operators';
import { intersectBytes, intersectWords } from './sets';

export function smallestWord(cell: usize, value: i64): i32 {
  if (!isKnown(cell) || value < load<i64>(cell)) storeWord(cell, value);
  return 0;
}

export function largestWord(cell: usize, value: i64): i32 {
  if (!isKnown(cell) || value > load<i64>(cell)) storeWord(cell, value);
  return 0;
}

export function agreeWord(cell: usize, value: i64): i32 {
  if (isKnown(cell)) return i32(load<i64>(cell) != value);
  storeWord(cell, value);
  return 0;
}

export function agreeBytes(cell: usize, pointer: usize, length: i32): i32 {
  if (isKnown(cell)) return i32(!sameBytes(load<u32>(cell), load<i32>(cell, 4), pointer, length));
  storeBytes(cell, pointer, length);
  return 0;
}

export function agreeSetBytes(cell: usize, set: usize, count: i32): i32 {
  if (isKnown(cell)) return i32(!sameSetBytes(load<u32>(cell), load<i32>(cell, 4), set, count));
  storeCollection(cell, set, count, false);
  return 0;
}

export function agreeSetWords(cell: usize, set: usize, count: i32): i32 {
  if (isKnown(cell)) return i32(!sameSetWords(load<u32>(cell), load<i32>(cell, 4), set, count));
  storeCollection(cell, set, count, false);
  return 0;
}

export function intersectSetBytes(cell: usize, set: usize, count: i32): i32 {
  if (!isKnown(cell)) {
    storeCollection(cell, set, count, false);
    return 0;
  }
  return storeMerged(cell, intersectBytes(load<u32>(cell), load<i32>(cell, 4), set, count));
}

export function intersectSetWords(cell: usize, set: usize, count: i32): i32 {
  if (!isKnown(cell)) {
    storeCollection(cell, set, count, false);
    return 0;
  }
  return storeMerged(cell, intersectWords(load<u32>(cell), load<i32>(cell, 4), set, count));
}

function storeMerged(cell: usize, merged: u64): i32 {
  const count = <i32>(merged >> 32);
  storeCollection(cell, <usize><u32>merged, count, false);
  return i32(count == 0);
}

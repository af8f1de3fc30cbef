// Merges the value of one narrow into the cell of a constraint. Each function returns 1 if the two
// contradict each other; a cell without a value takes the new one.

import { sameBytes } from '../memory/bytes';
import { isKnown, lengthIn, pointerIn, storeBytes, storeCollection, storeWord, wordIn } from '../memory/cells';
import { sameSetBytes, sameSetWords } from '../values/operators';
import { intersectBytes, intersectWords } from '../values/sets';

export function smallestWord(cell: usize, value: i64): i32 {
  if (!isKnown(cell) || value < wordIn(cell)) storeWord(cell, value);
  return 0;
}

export function largestWord(cell: usize, value: i64): i32 {
  if (!isKnown(cell) || value > wordIn(cell)) storeWord(cell, value);
  return 0;
}

export function agreeWord(cell: usize, value: i64): i32 {
  if (isKnown(cell)) return i32(wordIn(cell) != value);
  storeWord(cell, value);
  return 0;
}

export function agreeBytes(cell: usize, pointer: usize, length: i32): i32 {
  if (isKnown(cell)) return i32(!sameBytes(pointerIn(cell), lengthIn(cell), pointer, length));
  storeBytes(cell, pointer, length);
  return 0;
}

export function agreeSetBytes(cell: usize, set: usize, count: i32): i32 {
  if (isKnown(cell)) return i32(!sameSetBytes(pointerIn(cell), lengthIn(cell), set, count));
  storeCollection(cell, set, count, false);
  return 0;
}

export function agreeSetWords(cell: usize, set: usize, count: i32): i32 {
  if (isKnown(cell)) return i32(!sameSetWords(pointerIn(cell), lengthIn(cell), set, count));
  storeCollection(cell, set, count, false);
  return 0;
}

export function intersectSetBytes(cell: usize, set: usize, count: i32): i32 {
  if (!isKnown(cell)) {
    storeCollection(cell, set, count, false);
    return 0;
  }
  return storeMerged(cell, intersectBytes(pointerIn(cell), lengthIn(cell), set, count));
}

export function intersectSetWords(cell: usize, set: usize, count: i32): i32 {
  if (!isKnown(cell)) {
    storeCollection(cell, set, count, false);
    return 0;
  }
  return storeMerged(cell, intersectWords(pointerIn(cell), lengthIn(cell), set, count));
}

function storeMerged(cell: usize, merged: u64): i32 {
  const count = <i32>(merged >> 32);
  storeCollection(cell, <usize><u32>merged, count, false);
  return i32(count == 0);
}

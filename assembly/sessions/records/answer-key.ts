// Computes a 64-bit key that identifies an answer: values are hashed into it one by one.

import { Cell, CELL, isKnown, lengthIn, pointerIn, WordCell } from '../../memory/cells';

export namespace Holds {
  export const WORD: i32 = 0;
  export const BYTES: i32 = 1;
  export const WORDS: i32 = 2;
  export const TEXTS: i32 = 3;
}

export function hashedWord(key: u64, value: u64): u64 {
  key = (key ^ value) * 0x9e3779b97f4a7c15;
  return key ^ (key >> 29);
}

/** Hashes the cell of a constraint, by the kind of its value. */
export function hashedCell(key: u64, cell: usize, holds: i32): u64 {
  if (!isKnown(cell)) return hashedWord(key, 0);
  key = hashedWord(key, 1);
  if (holds == Holds.WORD) return hashedWord(key, load<u64>(cell, offsetof<WordCell>('value')));
  if (holds == Holds.BYTES) return hashedBytes(key, pointerIn(cell), lengthIn(cell));
  // Independent of the order of elements.
  let all: u64 = 0;
  const end = <usize>pointerIn(cell) + <usize>load<u32>(cell, offsetof<Cell>('length')) * CELL;
  for (let element: usize = pointerIn(cell); element < end; element += CELL) {
    all += holds == Holds.WORDS
      ? hashedWord(0, load<u64>(element, offsetof<WordCell>('value')))
      : hashedBytes(0, pointerIn(element), lengthIn(element));
  }
  return hashedWord(key, all);
}

export function hashedBytes(key: u64, start: usize, length: i32): u64 {
  key = hashedWord(key, length);
  for (let p = start; p < start + <usize>length; p += 1) key = hashedWord(key, load<u8>(p));
  return key;
}

// Sets of strings (`Bytes`, compared by content) and of numbers (`Words`): arrays of cells. Unknown cells
// are ignored: nothing equals them, and results do not contain them. Results are new, known cells,
// without duplicates if the operands have none, returned as a pointer with the count in the upper half.
// If the arena is full a result is empty, and the error denies the request.

import { exhausted, tryAllocate } from '../memory/arena';
import { equalBytes, firstBytes } from '../memory/bytes';
import {
  CELL, Cell, isKnown, lengthIn, pair, pointerIn, restOfBytes, storeBytes, storeWord, WordCell, wordIn,
} from '../memory/cells';
import { INPUT } from '../layout';

/**
 * All elements are compared without an early exit, because the position of a match is not predictable.
 */
export function hasBytes(set: usize, n: i32, ptr: usize, len: i32): bool {
  const end = set + <usize>n * CELL;
  const mask = firstBytes(len);
  const first = load<u64>(ptr) & mask;
  const rest = restOfBytes(len);
  // Negative while all elements differ.
  let differ: i64 = -1;
  for (let cell = set; cell < end; cell += CELL) {
    const start = load<u64>(pointerIn(cell)) & mask;
    const other = <i64>((start ^ first) | (load<u64>(cell, offsetof<Cell>('length')) ^ rest));
    differ &= other | -other;
  }
  if (differ < 0 || len <= 8) return differ >= 0;
  for (let cell = set; cell < end; cell += CELL) {
    if (load<u64>(cell, offsetof<Cell>('length')) == rest && equalBytes(pointerIn(cell), ptr, len)) return true;
  }
  return false;
}

export function hasWord(set: usize, n: i32, v: i64): bool {
  const end = set + <usize>n * CELL;
  for (let cell = set; cell < end; cell += CELL) {
    if (load<i64>(cell, offsetof<WordCell>('value')) == v && isKnown(cell)) return true;
  }
  return false;
}

// @ts-ignore: decorator
@inline
function hasBytesCell(set: usize, n: i32, cell: usize): bool {
  return hasBytes(set, n, pointerIn(cell), lengthIn(cell));
}

/** Whether all known elements of `a` are in `b`. */
export function withinBytes(a: usize, an: i32, b: usize, bn: i32): bool {
  const end = a + <usize>an * CELL;
  for (let cell = a; cell < end; cell += CELL) {
    if (isKnown(cell) && !hasBytesCell(b, bn, cell)) return false;
  }
  return true;
}

export function withinWords(a: usize, an: i32, b: usize, bn: i32): bool {
  const end = a + <usize>an * CELL;
  for (let cell = a; cell < end; cell += CELL) {
    if (isKnown(cell) && !hasWord(b, bn, wordIn(cell))) return false;
  }
  return true;
}

export function intersectsBytes(a: usize, an: i32, b: usize, bn: i32): bool {
  const end = a + <usize>an * CELL;
  for (let cell = a; cell < end; cell += CELL) {
    if (isKnown(cell) && hasBytesCell(b, bn, cell)) return true;
  }
  return false;
}

export function intersectsWords(a: usize, an: i32, b: usize, bn: i32): bool {
  const end = a + <usize>an * CELL;
  for (let cell = a; cell < end; cell += CELL) {
    if (isKnown(cell) && hasWord(b, bn, wordIn(cell))) return true;
  }
  return false;
}

export function unionBytes(a: usize, an: i32, b: usize, bn: i32): u64 {
  const result = tryAllocate(<usize>(an + bn) * CELL);
  if (result == 0) return pair(INPUT, 0);
  const middle = copyKnown(a, an, result);
  const end = copyBytes(b, bn, a, an, false, middle);
  return pair(result, <i32>((end - result) / CELL));
}

export function unionWords(a: usize, an: i32, b: usize, bn: i32): u64 {
  const result = tryAllocate(<usize>(an + bn) * CELL);
  if (result == 0) return pair(INPUT, 0);
  const middle = copyKnown(a, an, result);
  const end = copyWords(b, bn, a, an, false, middle);
  return pair(result, <i32>((end - result) / CELL));
}

export function intersectBytes(a: usize, an: i32, b: usize, bn: i32): u64 {
  const result = tryAllocate(<usize>an * CELL);
  if (result == 0) return pair(INPUT, 0);
  return pair(result, <i32>((copyBytes(a, an, b, bn, true, result) - result) / CELL));
}

export function intersectWords(a: usize, an: i32, b: usize, bn: i32): u64 {
  const result = tryAllocate(<usize>an * CELL);
  if (result == 0) return pair(INPUT, 0);
  return pair(result, <i32>((copyWords(a, an, b, bn, true, result) - result) / CELL));
}

export function minusBytes(a: usize, an: i32, b: usize, bn: i32): u64 {
  const result = tryAllocate(<usize>an * CELL);
  if (result == 0) return pair(INPUT, 0);
  return pair(result, <i32>((copyBytes(a, an, b, bn, false, result) - result) / CELL));
}

export function minusWords(a: usize, an: i32, b: usize, bn: i32): u64 {
  const result = tryAllocate(<usize>an * CELL);
  if (result == 0) return pair(INPUT, 0);
  return pair(result, <i32>((copyWords(a, an, b, bn, false, result) - result) / CELL));
}

/**
 * Copies to `to` the known cells of `a` that `b` contains, or does not contain; returns the address after
 * them.
 */
function copyBytes(a: usize, an: i32, b: usize, bn: i32, has: bool, to: usize): usize {
  const end = a + <usize>an * CELL;
  for (let cell = a; cell < end; cell += CELL) {
    if (isKnown(cell) && hasBytesCell(b, bn, cell) == has) {
      storeBytes(to, pointerIn(cell), lengthIn(cell));
      to += CELL;
    }
  }
  return to;
}

function copyWords(a: usize, an: i32, b: usize, bn: i32, has: bool, to: usize): usize {
  const end = a + <usize>an * CELL;
  for (let cell = a; cell < end; cell += CELL) {
    if (isKnown(cell) && hasWord(b, bn, wordIn(cell)) == has) {
      storeWord(to, wordIn(cell));
      to += CELL;
    }
  }
  return to;
}

/** For both kinds: a word is as wide as a pointer and a length. */
function copyKnown(a: usize, an: i32, to: usize): usize {
  const end = a + <usize>an * CELL;
  for (let cell = a; cell < end; cell += CELL) {
    if (isKnown(cell)) {
      storeWord(to, wordIn(cell));
      to += CELL;
    }
  }
  return to;
}

/**
 * Removes, in place, known cells that equal an earlier one; keeps unknown cells. Returns the new count.
 * The earlier cells are searched only if a bit is set that all equal strings share.
 */
export function dedupeBytes(ptr: usize, n: i32): i32 {
  if (exhausted) return n;
  const end = ptr + <usize>n * CELL;
  let to = ptr;
  let kept: i32 = 0;
  let taken: u64 = 0;
  for (let cell = ptr; cell < end; cell += CELL) {
    if (isKnown(cell)) {
      const bit = computeElementBit(pointerIn(cell), lengthIn(cell));
      if ((taken & bit) != 0 && hasBytesCell(ptr, kept, cell)) continue;
      taken |= bit;
    }
    if (to != cell) moveCell(to, cell);
    to += CELL;
    kept += 1;
  }
  return kept;
}

/** One of 64 bits, by the string's length and three of its bytes. */
// @ts-ignore: decorator
@inline
function computeElementBit(ptr: usize, len: i32): u64 {
  if (len == 0) return 1;
  const middle = <u32>load<u8>(ptr + <usize>(len >> 1));
  const last = <u32>load<u8>(ptr + <usize>len - 1);
  return <u64>1 << <u64>(<u32>len * 7 + <u32>load<u8>(ptr) + middle * 3 + last * 5);
}

export function dedupeWords(ptr: usize, n: i32): i32 {
  if (exhausted) return n;
  const end = ptr + <usize>n * CELL;
  let to = ptr;
  let kept: i32 = 0;
  for (let cell = ptr; cell < end; cell += CELL) {
    if (isKnown(cell) && hasWord(ptr, kept, wordIn(cell))) continue;
    moveCell(to, cell);
    to += CELL;
    kept += 1;
  }
  return kept;
}

function moveCell(to: usize, cell: usize): void {
  store<u64>(to, load<u64>(cell, offsetof<WordCell>('value')), offsetof<WordCell>('value'));
  store<u64>(to, load<u64>(cell, offsetof<WordCell>('marks')), offsetof<WordCell>('marks'));
}

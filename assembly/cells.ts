// A cell: 16 bytes with a value and its state. +0 i64 value, or u32 pointer and at +4 u32 length in bytes
// or elements; +8 u8 presence (0 absent, 1 present, 3 faulty); +9 u8 known (the value is usable); +10 u8
// partial (a collection with an unknown element).

export const CELL: usize = 16;

const PRESENT: u32 = 1;
const FAULTY: u32 = 3;
const KNOWN: u32 = 1 << 8;
const PARTIAL: u32 = 1 << 16;

/** Makes all cells in `size` bytes absent. There are few: a loop is faster than `memory.fill`. */
export function clearCells(start: usize, size: i32): void {
  const end = start + <usize>size;
  for (let cell = start; cell < end; cell += CELL) {
    store<u64>(cell, 0);
    store<u64>(cell, 0, 8);
  }
}

// @ts-ignore: decorator
@inline
export function storeAbsent(cell: usize): void {
  store<u32>(cell, 0, 8);
}

// @ts-ignore: decorator
@inline
export function storeFaulty(cell: usize): void {
  store<u32>(cell, FAULTY, 8);
}

/** Present, with a value that is not usable. */
// @ts-ignore: decorator
@inline
export function storeUnknown(cell: usize): void {
  store<u64>(cell, 0);
  store<u32>(cell, PRESENT, 8);
}

// @ts-ignore: decorator
@inline
export function storeWord(cell: usize, value: i64): void {
  store<i64>(cell, value);
  store<u32>(cell, PRESENT | KNOWN, 8);
}

// @ts-ignore: decorator
@inline
export function storeBytes(cell: usize, pointer: usize, length: i32): void {
  store<u32>(cell, <u32>pointer);
  store<i32>(cell, length, 4);
  store<u32>(cell, PRESENT | KNOWN, 8);
}

/** The eight bytes after the pointer in the cell of a known string with this length. */
// @ts-ignore: decorator
@inline
export function restOfBytes(length: i32): u64 {
  return <u64>(<u32>length) | (<u64>(PRESENT | KNOWN) << 32);
}

/** A set or list of `count` cells at `pointer`. */
// @ts-ignore: decorator
@inline
export function storeCollection(cell: usize, pointer: usize, count: i32, partial: bool): void {
  store<u32>(cell, <u32>pointer);
  store<i32>(cell, count, 4);
  store<u32>(cell, PRESENT | KNOWN | (partial ? PARTIAL : 0), 8);
}

// @ts-ignore: decorator
@inline
export function isKnown(cell: usize): bool {
  return load<u8>(cell, 9) != 0;
}

/**
 * A pointer in the lower half and a length or count in the upper half: how functions return bytes and
 * sets.
 */
// @ts-ignore: decorator
@inline
export function pair(pointer: usize, length: i32): u64 {
  return <u64>pointer | (<u64>(<u32>length) << 32);
}

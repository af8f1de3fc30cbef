// Cells: values with their state, of which facts, sets and lists, constraints and the entries of tables consist.

/** A value and its state. This view has the bytes of a string or the elements of a collection; see `WordCell`. */
@unmanaged
export class Cell {
  /** The address of the first byte or element. */
  pointer!: u32;
  /** The number of bytes or elements. */
  length!: i32;
  /** As in `Presence`. */
  presence!: u8;
  /** 1 if the value is usable. */
  known!: u8;
  /** 1 if a collection has an unknown element. */
  partial!: u8;
  /** 1 if a host encoded the value and the module has not read it yet. */
  unread!: u8;
  /** Fills the cell to 16 bytes. */
  reserved!: u32;
}

/** The same cell, if its value is a number; its state is a whole. */
@unmanaged
export class WordCell {
  /** An integer, the index of an enum's member, 0 or 1, or milliseconds. */
  value!: i64;
  /** The bytes of the state, as a set of `Marks`. */
  marks!: u32;
}

/** Whether a member is present in the request. */
export const enum Presence {
  ABSENT = 0,
  PRESENT = 1,
  /** Present with a value of the wrong type, or in a record that is faulty. */
  FAULTY = 3,
}

/** The state of a cell as bits; 0: absent. */
export namespace Marks {
  export const PRESENT: u32 = 1;
  export const FAULTY: u32 = 3;
  export const KNOWN: u32 = 1 << 8;
  export const PARTIAL: u32 = 1 << 16;
  /** Present with a usable value. */
  // @ts-ignore: decorator
  @inline
  export const USABLE: u32 = 0x101;
}

export const CELL: usize = offsetof<Cell>();

/** Makes all cells in `size` bytes absent. There are few: a loop is faster than `memory.fill`. */
export function clearCells(start: usize, size: i32): void {
  const end = start + <usize>size;
  for (let cell = start; cell < end; cell += CELL) {
    store<u64>(cell, 0, offsetof<WordCell>('value'));
    store<u64>(cell, 0, offsetof<WordCell>('marks'));
  }
}

/** The value of a cell that contains a number. */
// @ts-ignore: decorator
@inline
export function wordIn(cell: usize): i64 {
  return load<i64>(cell, offsetof<WordCell>('value'));
}

// @ts-ignore: decorator
@inline
export function pointerIn(cell: usize): u32 {
  return load<u32>(cell, offsetof<Cell>('pointer'));
}

/** The number of bytes or elements. */
// @ts-ignore: decorator
@inline
export function lengthIn(cell: usize): i32 {
  return load<i32>(cell, offsetof<Cell>('length'));
}

/** The state of the cell, as a set of `Marks`. */
// @ts-ignore: decorator
@inline
export function marksIn(cell: usize): u32 {
  return load<u32>(cell, offsetof<WordCell>('marks'));
}

// @ts-ignore: decorator
@inline
export function isKnown(cell: usize): bool {
  return load<u8>(cell, offsetof<Cell>('known')) != 0;
}

// @ts-ignore: decorator
@inline
export function isAbsent(cell: usize): bool {
  return load<u8>(cell, offsetof<Cell>('presence')) == Presence.ABSENT;
}

/** Whether the member is present and of its declared type. */
// @ts-ignore: decorator
@inline
export function isPresent(cell: usize): bool {
  return load<u8>(cell, offsetof<Cell>('presence')) == Presence.PRESENT;
}

// @ts-ignore: decorator
@inline
export function isFaulty(cell: usize): bool {
  return load<u8>(cell, offsetof<Cell>('presence')) == Presence.FAULTY;
}

// @ts-ignore: decorator
@inline
export function storeAbsent(cell: usize): void {
  store<u32>(cell, 0, offsetof<WordCell>('marks'));
}

// @ts-ignore: decorator
@inline
export function storeFaulty(cell: usize): void {
  store<u32>(cell, Marks.FAULTY, offsetof<WordCell>('marks'));
}

/** Present, with a value that is not usable. */
// @ts-ignore: decorator
@inline
export function storeUnknown(cell: usize): void {
  store<u64>(cell, 0, offsetof<WordCell>('value'));
  store<u32>(cell, Marks.PRESENT, offsetof<WordCell>('marks'));
}

// @ts-ignore: decorator
@inline
export function storeWord(cell: usize, value: i64): void {
  store<i64>(cell, value, offsetof<WordCell>('value'));
  store<u32>(cell, Marks.PRESENT | Marks.KNOWN, offsetof<WordCell>('marks'));
}

// @ts-ignore: decorator
@inline
export function storeBytes(cell: usize, pointer: usize, length: i32): void {
  store<u32>(cell, <u32>pointer, offsetof<Cell>('pointer'));
  store<i32>(cell, length, offsetof<Cell>('length'));
  store<u32>(cell, Marks.PRESENT | Marks.KNOWN, offsetof<WordCell>('marks'));
}

/** The eight bytes after the pointer in the cell of a known string with this length. */
// @ts-ignore: decorator
@inline
export function restOfBytes(length: i32): u64 {
  return <u64>(<u32>length) | (<u64>(Marks.PRESENT | Marks.KNOWN) << 32);
}

/** A set or list of `count` cells at `pointer`. */
// @ts-ignore: decorator
@inline
export function storeCollection(cell: usize, pointer: usize, count: i32, partial: bool): void {
  store<u32>(cell, <u32>pointer, offsetof<Cell>('pointer'));
  store<i32>(cell, count, offsetof<Cell>('length'));
  store<u32>(cell, Marks.PRESENT | Marks.KNOWN | (partial ? Marks.PARTIAL : 0), offsetof<WordCell>('marks'));
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

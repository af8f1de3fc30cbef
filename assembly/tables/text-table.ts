// Hash tables that the compiler lays out, by strings or words.

import { sameBytes } from '../memory/bytes';
import { hashText, hashWord } from '../memory/hash';

/** A table, before its slots, which are probed linearly. Other tables of the compiler start like this too. */
@unmanaged
export class Table {
  /** The number of slots, a power of two, minus 1. */
  mask!: u32;
  reserved!: u32;
  moreReserved!: u64;
}

/** A slot of a table by strings. */
@unmanaged
export class TextSlot {
  pointer!: u32;
  length!: i32;
  data!: u32;
  /** More data, which is not 0 except in an empty slot. */
  last!: u32;
}

/** A slot of a table by words, with the same data. */
@unmanaged
export class WordSlot {
  value!: i64;
  data!: u32;
  last!: u32;
}

/** The slot's address, or 0. */
export function findText(table: usize, p: usize, n: i32): usize {
  const mask = load<u32>(table, offsetof<Table>('mask'));
  let at = hashText(p, n);
  while (true) {
    const slot = table + offsetof<Table>() + <usize>(at & mask) * offsetof<TextSlot>();
    if (load<u32>(slot, offsetof<TextSlot>('last')) == 0) return 0;
    const pointer = load<u32>(slot, offsetof<TextSlot>('pointer'));
    if (sameBytes(pointer, load<i32>(slot, offsetof<TextSlot>('length')), p, n)) return slot;
    at += 1;
  }
}

/** The slot's address, or 0. */
export function findWord(table: usize, v: i64): usize {
  const mask = load<u32>(table, offsetof<Table>('mask'));
  let at = hashWord(v);
  while (true) {
    const slot = table + offsetof<Table>() + <usize>(at & mask) * offsetof<WordSlot>();
    if (load<u32>(slot, offsetof<WordSlot>('last')) == 0) return 0;
    if (load<i64>(slot, offsetof<WordSlot>('value')) == v) return slot;
    at += 1;
  }
}

/** The number of a string among names; 0: it is not one of them. */
export function findName(table: usize, p: usize, n: i32): i32 {
  const slot = findText(table, p, n);
  return slot == 0 ? 0 : load<i32>(slot, offsetof<TextSlot>('last'));
}

// Hash tables that the compiler lays out: +0 u32 slots - 1, from +16 on slots of 16 bytes, probed
// linearly. A slot: u32 pointer and u32 length of a string, or an i64; then 8 bytes of data, of which the
// last four are not 0.

import { sameBytes } from './bytes';
import { hashText, hashWord } from './hash';

/** The slot's address, or 0. */
export function textAt(table: usize, p: usize, n: i32): usize {
  const mask = load<u32>(table);
  let at = hashText(p, n);
  while (true) {
    const slot = table + 16 + (<usize>(at & mask) << 4);
    if (load<u32>(slot, 12) == 0) return 0;
    if (sameBytes(load<u32>(slot), load<i32>(slot, 4), p, n)) return slot;
    at += 1;
  }
}

/** The slot's address, or 0. */
export function wordAt(table: usize, v: i64): usize {
  const mask = load<u32>(table);
  let at = hashWord(v);
  while (true) {
    const slot = table + 16 + (<usize>(at & mask) << 4);
    if (load<u32>(slot, 12) == 0) return 0;
    if (load<i64>(slot) == v) return slot;
    at += 1;
  }
}

/** The number of a string among names; 0: it is not one of them. */
export function nameAt(table: usize, p: usize, n: i32): i32 {
  const slot = textAt(table, p, n);
  return slot == 0 ? 0 : load<i32>(slot, 12);
}

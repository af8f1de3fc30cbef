// Hash tables that the compiler lays out or `external-tables.ts` fills. A look-up takes the table's
// address and the keys, and returns the address of the value's cell, or 0. An entry is a cell for each key,
// then the cell of the value.

import { sameBytes } from '../memory/bytes';
import { CELL, Cell, lengthIn, pointerIn, WordCell, wordIn } from '../memory/cells';
import { Code } from '../reading/errors';

/**
 * A hash table, before its slots: the u32 address of an entry each, or 0, probed linearly from
 * fnv1a(keys) & mask.
 */
@unmanaged
export class HashTable {
  /** The number of slots, a power of two, minus 1. */
  mask!: u32;
  /** The maximum number of slots that a look-up probes. */
  maxProbes!: i32;
}

const SLOTS: usize = offsetof<HashTable>();

/** A key of bytes is a pointer and a length; the second part of a word is 0. */
export const KEY_BYTES: i32 = 0;
export const KEY_WORD: i32 = 1;

const FNV_PRIME: u32 = 0x01000193;
/** Terminates each key, so that keys are unambiguous: UTF-8 never contains this byte. */
const KEY_END: u32 = 0xff;

export function fnvStart(): u32 {
  return 0x811c9dc5;
}

export function fnvBytes(h: u32, p: usize, n: i32): u32 {
  for (const end = p + <usize>n; p < end; p += 1) h = (h ^ load<u8>(p)) * FNV_PRIME;
  return (h ^ KEY_END) * FNV_PRIME;
}

/** Hashes the eight bytes of `v`, the least significant first. */
export function fnvWord(h: u32, v: i64): u32 {
  for (let byte = 0; byte < 8; byte += 1) {
    h = (h ^ (<u32>v & 0xff)) * FNV_PRIME;
    v = v >> 8;
  }
  return (h ^ KEY_END) * FNV_PRIME;
}

// @ts-ignore: decorator
@inline
function hashKey(h: u32, kind: i32, a: i64, b: i32): u32 {
  return kind == KEY_BYTES ? fnvBytes(h, <usize>a, b) : fnvWord(h, a);
}

// @ts-ignore: decorator
@inline
function isKey(cell: usize, kind: i32, a: i64, b: i32): bool {
  return kind == KEY_BYTES
    ? sameBytes(pointerIn(cell), lengthIn(cell), <usize>a, b)
    : load<i64>(cell, offsetof<WordCell>('value')) == a;
}

/** One key: `kind` is `KEY_BYTES` (`a` a pointer, `b` a length) or `KEY_WORD` (`a`). */
export function find1(table: usize, kind: i32, a: i64, b: i32): usize {
  const mask = load<u32>(table, offsetof<HashTable>('mask'));
  let at = hashKey(fnvStart(), kind, a, b);
  for (let left = load<i32>(table, offsetof<HashTable>('maxProbes')); left > 0; left -= 1) {
    const entry = <usize>load<u32>(table + (<usize>(at & mask) << 2), SLOTS);
    if (entry == 0) return 0;
    if (isKey(entry, kind, a, b)) return entry + CELL;
    at += 1;
  }
  return 0;
}

/**
 * Inserts an entry of `keys` keys; returns 0, or the code of the error: the table contains its keys
 * already, or too many others collide with it for a look-up to find it.
 */
export function insert(table: usize, entry: usize, keys: i32, kind0: i32, kind1: i32): i32 {
  const p0 = kind0 == KEY_BYTES ? <i64>pointerIn(entry) : wordIn(entry);
  const n0 = lengthIn(entry);
  const p1 = kind1 == KEY_BYTES
    ? <i64>load<u32>(entry + CELL, offsetof<Cell>('pointer'))
    : load<i64>(entry + CELL, offsetof<WordCell>('value'));
  const n1 = load<i32>(entry + CELL, offsetof<Cell>('length'));
  const known = keys == 1 ? find1(table, kind0, p0, n0) : find2(table, kind0, p0, n0, kind1, p1, n1);
  if (known != 0) return Code.DUPLICATE_KEY;
  let hash = hashKey(fnvStart(), kind0, p0, n0);
  if (keys == 2) hash = hashKey(hash, kind1, p1, n1);
  const mask = load<u32>(table, offsetof<HashTable>('mask'));
  let at = hash & mask;
  for (let left = load<i32>(table, offsetof<HashTable>('maxProbes')); left > 0; left -= 1) {
    const slot = table + (<usize>at << 2);
    if (load<u32>(slot, SLOTS) == 0) {
      store<u32>(slot, <u32>entry, SLOTS);
      return 0;
    }
    at = (at + 1) & mask;
  }
  return Code.OUT_OF_MEMORY;
}

/** Two keys, in the order of the entry's cells. */
export function find2(
  table: usize, kind0: i32, a0: i64, b0: i32, kind1: i32, a1: i64, b1: i32,
): usize {
  const mask = load<u32>(table, offsetof<HashTable>('mask'));
  let at = hashKey(hashKey(fnvStart(), kind0, a0, b0), kind1, a1, b1);
  for (let left = load<i32>(table, offsetof<HashTable>('maxProbes')); left > 0; left -= 1) {
    const entry = <usize>load<u32>(table + (<usize>(at & mask) << 2), SLOTS);
    if (entry == 0) return 0;
    if (isKey(entry, kind0, a0, b0) && isKey(entry + CELL, kind1, a1, b1)) return entry + 2 * CELL;
    at += 1;
  }
  return 0;
}

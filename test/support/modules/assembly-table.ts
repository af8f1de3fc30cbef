// Lays out constant hash tables for `tables.ts` of the library in its memory: from entries to the address
// of the table.

import type { Library } from './assembly-harness.ts';

export type Key = string | bigint;

export interface Entry {
  readonly keys: readonly Key[];
  readonly value: bigint;
}

const prime = 0x01000193;

/**
 * FNV-1a, 32 bits: the bytes of each key, then 0xff. The bytes of a word are its eight, the least
 * significant first.
 */
function hashKeys(keys: readonly Key[]): number {
  let hash = 0x811c9dc5;
  for (const key of keys) {
    for (const byte of [...keyBytes(key), 0xff]) hash = Math.imul(hash ^ byte, prime);
  }
  return hash >>> 0;
}

function keyBytes(key: Key): Uint8Array {
  if (typeof key === 'string') return new TextEncoder().encode(key);
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigInt64(0, key, true);
  return bytes;
}

/** Writes at most `slots` entries (a power of two) with distinct keys. */
export function writeTable(
  library: Library,
  entries: readonly Entry[],
  keyCount: number,
  slots: number,
): number {
  const mask = slots - 1;
  const table = library.scratch(8 + slots * 4);
  library.setWord32(table, mask);
  library.setWord32(table + 4, slots);
  const used = new Map<number, number>();
  for (const { keys, value } of entries) {
    const address = library.scratch((keyCount + 1) * 16);
    for (const [at, content] of [...keys, value].entries())
      library.writeCell(address + at * 16, content);
    let slot = hashKeys(keys) & mask;
    while (used.has(slot)) slot = (slot + 1) & mask;
    used.set(slot, address);
  }
  for (let slot = 0; slot < slots; slot += 1)
    library.setWord32(table + 8 + slot * 4, used.get(slot) ?? 0);
  return table;
}

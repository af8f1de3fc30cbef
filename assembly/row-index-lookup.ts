// Finds rows of rules by the value of one cell of the request in a table. Returns the address of two
// words, the start and the end of the row addresses, or 0.

import { hashOn, finishHash } from './hash';
import { textAt, wordAt } from './text-table';

export const enum By {
  NOTHING = 0,
  TEXT = 1,
  WORD = 2,
  NETWORK = 3,
  SEGMENTS = 4,
}

/** Looks rows up by the strings and words of a table. */
export function rowsByValue(by: i32, table: usize, cell: usize): usize {
  const slot = by == By.TEXT
    ? textAt(table, load<u32>(cell), load<i32>(cell, 4))
    : wordAt(table, load<i64>(cell));
  return slot == 0 ? 0 : slot + 8;
}

// --- networks ------------------------------------------------------------------------------------

/**
 * Stretches of addresses: +0 u32 count, +4 u32 a table for v4 addresses or 0, from +16 on 32 bytes each,
 * in order: u64 and u64 the first address, u32 start, u32 end of the row addresses. The table has 65,537
 * u32: for each upper half of an address the last stretch that starts at or before it.
 */
export function networkRows(table: usize, cell: usize): usize {
  const p = load<u32>(cell);
  const upper = bswap<u64>(load<u64>(p));
  const lower = bswap<u64>(load<u64>(p, 8));
  let low: u32 = 0;
  let high = load<u32>(table);
  const top = load<u32>(table, 4);
  if (top != 0 && upper == 0 && lower >> 32 == 0xffff) {
    const entry = top + ((<u32>lower >> 16) << 2);
    low = load<u32>(entry);
    high = load<u32>(entry, 4) + 1;
  }
  // The address is at or after the first of `low`, and before that of `high`.
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const at = table + 16 + (<usize>middle << 5);
    const first = load<u64>(at);
    if (first < upper || (first == upper && load<u64>(at, 8) <= lower)) low = middle;
    else high = middle;
  }
  const found = table + 16 + (<usize>low << 5) + 16;
  return load<u32>(found) == 0 ? 0 : found;
}

// --- segments ------------------------------------------------------------------------------------

const MAX_SEGMENTS: i32 = 16;
const segments: usize = memory.data(MAX_SEGMENTS * 8);
let segmentCount: i32 = 0;

/** The first segments of a string: u32 pointer and u32 length each. */
export function splitSegments(cell: usize, separator: u32): void {
  let p: usize = load<u32>(cell);
  const end = p + <usize>load<u32>(cell, 4);
  segmentCount = 0;
  while (segmentCount < MAX_SEGMENTS) {
    const start = p;
    while (p < end && load<u8>(p) != separator) p += 1;
    const entry = segments + (<usize>segmentCount << 3);
    store<u32>(entry, <u32>start);
    store<u32>(entry, <u32>(p - start), 4);
    segmentCount += 1;
    if (p == end) return;
    p += 1;
  }
}

/** The rows of patterns whose segments at `places` have a hash in the table. */
export function segmentRows(table: usize, places: u32): usize {
  if (32 - clz<u32>(places) > segmentCount) return 0;
  let h: u64 = 0;
  for (let left = places; left != 0; left &= left - 1) {
    const entry = segments + (<usize>ctz<u32>(left) << 3);
    h = hashOn(h, load<u32>(entry), load<i32>(entry, 4));
  }
  const hash = finishHash(h);
  const mask = load<u32>(table);
  let at = hash;
  while (true) {
    const slot = table + 16 + (<usize>(at & mask) << 4);
    if (load<u32>(slot, 12) == 0) return 0;
    if (load<u32>(slot) == hash) return slot + 8;
    at += 1;
  }
}

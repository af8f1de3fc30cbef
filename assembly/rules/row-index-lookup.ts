// Finds rows of rules by the value of one cell of the request in a table. Returns the address of `Rows`, or 0.

import { Address } from '../values/addresses';
import { Cell, lengthIn, pointerIn, wordIn } from '../memory/cells';
import { continueHash, finishHash } from '../memory/hash';
import { Table, findText, TextSlot, findWord } from '../tables/text-table';

/** The rows that were found: the start and the end of their addresses. */
@unmanaged
export class Rows {
  start!: u32;
  end!: u32;
}

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
    ? findText(table, pointerIn(cell), lengthIn(cell))
    : findWord(table, wordIn(cell));
  return slot == 0 ? 0 : slot + offsetof<TextSlot>('data');
}

// --- networks ------------------------------------------------------------------------------------

/** A table of networks, before its stretches in order. */
@unmanaged
class Networks {
  /** The number of stretches. */
  count!: u32;
  /**
   * The address of 65,537 u32, or 0: for each upper half of a v4 address the last stretch that starts at or
   * before it.
   */
  v4!: u32;
  reserved!: u64;
}

/** A stretch of addresses that have the same rows. */
@unmanaged
class Stretch {
  /** The first address. */
  upper!: u64;
  lower!: u64;
  /** `Rows`. */
  start!: u32;
  end!: u32;
  reserved!: u64;
}

export function networkRows(table: usize, cell: usize): usize {
  const p = pointerIn(cell);
  const upper = bswap<u64>(load<u64>(p, offsetof<Address>('upper')));
  const lower = bswap<u64>(load<u64>(p, offsetof<Address>('lower')));
  let low: u32 = 0;
  let high = load<u32>(table, offsetof<Networks>('count'));
  const top = load<u32>(table, offsetof<Networks>('v4'));
  if (top != 0 && upper == 0 && lower >> 32 == 0xffff) {
    const entry = top + ((<u32>lower >> 16) << 2);
    low = load<u32>(entry);
    high = load<u32>(entry, 4) + 1;
  }
  // The address is at or after the first of `low`, and before that of `high`.
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    const at = table + offsetof<Networks>() + <usize>middle * offsetof<Stretch>();
    const first = load<u64>(at, offsetof<Stretch>('upper'));
    const isBefore = first < upper || (first == upper && load<u64>(at, offsetof<Stretch>('lower')) <= lower);
    if (isBefore) low = middle;
    else high = middle;
  }
  const found = table + offsetof<Networks>() + <usize>low * offsetof<Stretch>() + offsetof<Stretch>('start');
  return load<u32>(found, offsetof<Rows>('start')) == 0 ? 0 : found;
}

// --- segments ------------------------------------------------------------------------------------

@unmanaged
class Segment {
  pointer!: u32;
  length!: i32;
}

/** A slot of a table of segments. */
@unmanaged
class SegmentSlot {
  /** The hash of the segments at some positions. */
  hash!: u32;
  reserved!: u32;
  /** `Rows`, whose end is 0 in an empty slot. */
  start!: u32;
  end!: u32;
}

const MAX_SEGMENTS: i32 = 16;
const segments: usize = memory.data(MAX_SEGMENTS * offsetof<Segment>());
let segmentCount: i32 = 0;

/** Finds the first segments of a string. */
export function splitSegments(cell: usize, separator: u32): void {
  let p: usize = pointerIn(cell);
  const end = p + <usize>load<u32>(cell, offsetof<Cell>('length'));
  segmentCount = 0;
  while (segmentCount < MAX_SEGMENTS) {
    const start = p;
    while (p < end && load<u8>(p) != separator) p += 1;
    const entry = segments + <usize>segmentCount * offsetof<Segment>();
    store<u32>(entry, <u32>start, offsetof<Segment>('pointer'));
    store<u32>(entry, <u32>(p - start), offsetof<Segment>('length'));
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
    const entry = segments + <usize>ctz<u32>(left) * offsetof<Segment>();
    h = continueHash(h, load<u32>(entry, offsetof<Segment>('pointer')), load<i32>(entry, offsetof<Segment>('length')));
  }
  const hash = finishHash(h);
  const mask = load<u32>(table, offsetof<Table>('mask'));
  let at = hash;
  while (true) {
    const slot = table + offsetof<Table>() + <usize>(at & mask) * offsetof<SegmentSlot>();
    if (load<u32>(slot, offsetof<SegmentSlot>('end')) == 0) return 0;
    if (load<u32>(slot, offsetof<SegmentSlot>('hash')) == hash) return slot + offsetof<SegmentSlot>('start');
    at += 1;
  }
}

// Finds rows of rules by an index: +0 u32 number of ways in which rules name a scope, then for each 8
// bytes: u32 which of subject (1), action (2) and resource (4) are named, u32 its table. That table: +0
// u32 slots - 1, from +16 on slots of 16 bytes: u32 subject, action and resource, u32 bucket or 0. A
// bucket: +0 u32 number of segments, from +16 on 32 bytes each:
// +0 u32 family, +4 and +8 u32 start and end of the addresses of its rows
// +12 u32 kind of the discriminator (row-index-lookup.ts), +16 u32 its cell, +20 u32 its table, +24 u32 1 if no
// row matters when the cell is unknown
// A row that is not found in the table of its segment has a condition that is false, whatever the time:
// it neither fires nor bounds the answer.

import { By, networkRows, segmentRows, splitSegments, rowsByValue } from './row-index-lookup';

/** `families` are functions that evaluate the rows whose addresses are between two addresses. */
export function askRows(
  index: usize, families: usize, subject: i32, action: i32, resource: i32,
): void {
  const ways = load<i32>(index);
  for (let at = index + 4, end = at + (<usize>ways << 3); at < end; at += 8) {
    const named = load<i32>(at);
    const bucket = bucketOf(
      load<u32>(at, 4),
      named & 1 ? subject : 0, named & 2 ? action : 0, named & 4 ? resource : 0,
    );
    if (bucket != 0) askBucket(bucket, families);
  }
}

function bucketOf(table: usize, subject: i32, action: i32, resource: i32): usize {
  const mask = load<u32>(table);
  let at = hashScope(subject, action, resource);
  while (true) {
    const slot = table + 16 + (<usize>(at & mask) << 4);
    const bucket = <usize>load<u32>(slot, 12);
    if (
      bucket == 0 ||
      (load<i32>(slot) == subject && load<i32>(slot, 4) == action && load<i32>(slot, 8) == resource)
    ) return bucket;
    at += 1;
  }
}

function hashScope(subject: i32, action: i32, resource: i32): u32 {
  let h = <u32>subject * 0x9e3779b1 ^ <u32>action * 0x85ebca77 ^ <u32>resource * 0xc2b2ae3d;
  h = (h ^ (h >> 15)) * 0x2c1b3c6d;
  return h ^ (h >> 13);
}

function askBucket(bucket: usize, families: usize): void {
  const segments = load<i32>(bucket);
  for (let at = bucket + 16, end = at + (<usize>segments << 5); at < end; at += 32) {
    const family = load<u32>(at);
    const by = load<i32>(at, 12);
    const cell = <usize>load<u32>(at, 16);
    if (by == By.NOTHING) ask(families, family, at + 4);
    else if (!load<u8>(cell, 9)) {
      if (load<u32>(at, 24) == 0) ask(families, family, at + 4);
    } else if (by == By.SEGMENTS) askSegments(families, family, load<u32>(at, 20), cell);
    else {
      const table = <usize>load<u32>(at, 20);
      const found = by == By.NETWORK ? networkRows(table, cell) : rowsByValue(by, table, cell);
      if (found != 0) ask(families, family, found);
    }
  }
}

/** A table: +0 u32 number of tables, +4 u32 the separator, from +16 on u32 positions and u32 table. */
function askSegments(families: usize, family: u32, table: usize, cell: usize): void {
  splitSegments(cell, load<u32>(table, 4));
  const count = load<u32>(table);
  for (let at = table + 16, end = at + (<usize>count << 3); at < end; at += 8) {
    const found = segmentRows(load<u32>(at, 4), load<u32>(at));
    if (found != 0) ask(families, family, found);
  }
}

/** `list`: the start and the end of the row addresses. */
// @ts-ignore: decorator
@inline
function ask(families: usize, family: u32, list: usize): void {
  const index = load<u32>(load<u32>(families + (<usize>family << 2)));
  call_indirect<void>(index, <usize>load<u32>(list), <usize>load<u32>(list, 4));
}

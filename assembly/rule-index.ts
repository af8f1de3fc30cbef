// Rows of rules, found by what tells them apart. An index: +0 u32 how many ways of naming a scope
// rules have, then for each 8 bytes: u32 which of subject (1), action (2) and resource (4) are
// named, u32 its table. That table: +0 u32 slots - 1, from +16 on slots of 16 bytes: u32 subject,
// action and resource, u32 bucket or 0. A bucket: +0 u32 segments, from +16 on 32 bytes each:
//   +0 u32 which family, +4 and +8 u32 from where to where lie the addresses of its rows
//   +12 u32 by what they are told apart, +16 u32 the cell that it is asked of, +20 u32 its table
// What is not found in a segment's table has a condition that is false, whatever the time: it neither
// fires nor bounds the answer. Where the cell is unknown, all rows are asked.

import { sameBytes } from './bytes';
import { hashText, hashWord } from './hash';

const enum By {
  NOTHING = 0,
  TEXT = 1,
  WORD = 2,
}

/** `families` are functions that ask the rows whose addresses lie between two addresses. */
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
    let from = <usize>load<u32>(at, 4);
    let to = <usize>load<u32>(at, 8);
    if (by != By.NOTHING) {
      const cell = <usize>load<u32>(at, 16);
      if (load<u8>(cell, 9)) {
        const table = <usize>load<u32>(at, 20);
        const found = by == By.TEXT
          ? textAt(table, load<u32>(cell), load<i32>(cell, 4))
          : wordAt(table, load<i64>(cell));
        if (found == 0) continue;
        from = load<u32>(found, 8);
        to = load<u32>(found, 12);
      }
    }
    ask(families, family, from, to);
  }
}

// @ts-ignore: decorator
@inline
function ask(families: usize, family: u32, from: usize, to: usize): void {
  call_indirect<void>(load<u32>(load<u32>(families + (<usize>family << 2))), from, to);
}

/** A table: +0 u32 slots - 1, from +16 on: u32 pointer, u32 length, u32 from, u32 to or 0. */
function textAt(table: usize, p: usize, n: i32): usize {
  const mask = load<u32>(table);
  let at = hashText(p, n);
  while (true) {
    const slot = table + 16 + (<usize>(at & mask) << 4);
    if (load<u32>(slot, 12) == 0) return 0;
    if (sameBytes(load<u32>(slot), load<i32>(slot, 4), p, n)) return slot;
    at += 1;
  }
}

/** A table: +0 u32 slots - 1, from +16 on: i64 value, u32 from, u32 to or 0. */
function wordAt(table: usize, v: i64): usize {
  const mask = load<u32>(table);
  let at = hashWord(v);
  while (true) {
    const slot = table + 16 + (<usize>(at & mask) << 4);
    if (load<u32>(slot, 12) == 0) return 0;
    if (load<i64>(slot) == v) return slot;
    at += 1;
  }
}

// Finds rows of rules by an index. A row that is not found in the table of its segment has a condition that is
// false, whatever the time: it neither fires nor bounds the answer.

import { isKnown } from '../memory/cells';
import { Part } from '../reading/roots';
import { By, networkRows, Rows, rowsByValue, segmentRows, splitSegments } from './row-index-lookup';
import { Table } from '../tables/text-table';

/** An index, before its ways. */
@unmanaged
class RuleIndex {
  /** The number of ways in which rules name a scope. */
  ways!: i32;
}

@unmanaged
class Way {
  /** A set of `Part`: which of subject, action and resource are named. */
  named!: i32;
  /** The table of buckets: a `Table` with slots of `ScopeSlot`. */
  table!: u32;
}

@unmanaged
class ScopeSlot {
  subject!: i32;
  action!: i32;
  resource!: i32;
  /** 0 in an empty slot. */
  bucket!: u32;
}

/** The rows of a scope, before their segments. */
@unmanaged
class Bucket {
  segmentCount!: i32;
  reserved!: u32;
  moreReserved!: u64;
}

/** Rows of one family. */
@unmanaged
class Segment {
  family!: u32;
  /** `Rows`: all rows of the segment. */
  start!: u32;
  end!: u32;
  /** The kind of the discriminator, as in `By`. */
  by!: i32;
  /** Its cell and its table. */
  cell!: u32;
  table!: u32;
  /** 1 if no row matters when the cell is unknown. */
  skipsUnknown!: u32;
  reserved!: u32;
}

/** A table for `By.SEGMENTS`, before the positions with their tables. */
@unmanaged
class SegmentTables {
  count!: u32;
  separator!: u32;
  reserved!: u64;
}

@unmanaged
class PositionTable {
  /** A bit for each position. */
  places!: u32;
  table!: u32;
}

/** `families` are functions that evaluate the rows whose addresses are between two addresses. */
export function askRows(
  index: usize, families: usize, subject: i32, action: i32, resource: i32,
): void {
  const ways = load<i32>(index, offsetof<RuleIndex>('ways'));
  const first = index + offsetof<RuleIndex>();
  for (let at = first, end = at + <usize>ways * offsetof<Way>(); at < end; at += offsetof<Way>()) {
    const named = load<i32>(at, offsetof<Way>('named'));
    const bucket = findBucket(
      load<u32>(at, offsetof<Way>('table')),
      named & Part.SUBJECT ? subject : 0, named & Part.ACTION ? action : 0, named & Part.RESOURCE ? resource : 0,
    );
    if (bucket != 0) askBucket(bucket, families);
  }
}

function findBucket(table: usize, subject: i32, action: i32, resource: i32): usize {
  const mask = load<u32>(table, offsetof<Table>('mask'));
  let at = hashScope(subject, action, resource);
  while (true) {
    const slot = table + offsetof<Table>() + <usize>(at & mask) * offsetof<ScopeSlot>();
    const bucket = <usize>load<u32>(slot, offsetof<ScopeSlot>('bucket'));
    if (
      bucket == 0 ||
      (
        load<i32>(slot, offsetof<ScopeSlot>('subject')) == subject
        && load<i32>(slot, offsetof<ScopeSlot>('action')) == action
        && load<i32>(slot, offsetof<ScopeSlot>('resource')) == resource
      )
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
  const segments = load<i32>(bucket, offsetof<Bucket>('segmentCount'));
  const first = bucket + offsetof<Bucket>();
  for (let at = first, end = at + <usize>segments * offsetof<Segment>(); at < end; at += offsetof<Segment>()) {
    const family = load<u32>(at, offsetof<Segment>('family'));
    const by = load<i32>(at, offsetof<Segment>('by'));
    const cell = <usize>load<u32>(at, offsetof<Segment>('cell'));
    if (by == By.NOTHING) ask(families, family, at + offsetof<Segment>('start'));
    else if (!isKnown(cell)) {
      const skips = load<u32>(at, offsetof<Segment>('skipsUnknown'));
      if (skips == 0) ask(families, family, at + offsetof<Segment>('start'));
    } else if (by == By.SEGMENTS) askSegments(families, family, load<u32>(at, offsetof<Segment>('table')), cell);
    else {
      const table = <usize>load<u32>(at, offsetof<Segment>('table'));
      const found = by == By.NETWORK ? networkRows(table, cell) : rowsByValue(by, table, cell);
      if (found != 0) ask(families, family, found);
    }
  }
}

function askSegments(families: usize, family: u32, table: usize, cell: usize): void {
  splitSegments(cell, load<u32>(table, offsetof<SegmentTables>('separator')));
  const count = load<u32>(table, offsetof<SegmentTables>('count'));
  const first = table + offsetof<SegmentTables>();
  for (let at = first, end = at + <usize>count * offsetof<PositionTable>(); at < end; at += offsetof<PositionTable>()) {
    const positions = load<u32>(at, offsetof<PositionTable>('places'));
    const found = segmentRows(load<u32>(at, offsetof<PositionTable>('table')), positions);
    if (found != 0) ask(families, family, found);
  }
}

/** `list`: the address of `Rows`. */
// @ts-ignore: decorator
@inline
function ask(families: usize, family: u32, list: usize): void {
  const index = load<u32>(load<u32>(families + (<usize>family << 2)));
  const start = <usize>load<u32>(list, offsetof<Rows>('start'));
  call_indirect<void>(index, start, <usize>load<u32>(list, offsetof<Rows>('end')));
}

// The members that a policy declares, by its tables: finds a member by its name, the location of its
// cells, and handles missing members and records that are not objects.
//
// A record: +0 u32 bytes of its cell and all cells in it, +4 u64 bits of its required members, then its
// members in sequence. A member: +0 u16 bytes to the next, 0 at the end, +2 u16 length of its name in the
// common form, +4 u16 kind (shapes.ts, and those of the policy), +6 u16 path, +8 u32 its cell relative to
// that of the record, or to the start of the facts, +12 u32 its record or 0, +16 u8 its bit, +17 u8
// whether its cells are faulty if it is missing, then the name in the common form, and the name itself if
// it must be escaped.

import { CELL } from './cells';
import { equalBytes, sameBytes } from './bytes';
import { Code, Found, recordFault } from './errors';
import { faultCells } from './faults';

const FIRST: usize = 12;
const HEADER: usize = 18;
/** Quotes and colon. */
const AROUND: usize = 3;

// @ts-ignore: decorator
@inline
export function firstMember(record: usize): usize {
  return record + FIRST;
}

/** The name with its quotes and its colon. */
// @ts-ignore: decorator
@inline
export function commonLength(member: usize): usize {
  return load<u16>(member, 2);
}

// @ts-ignore: decorator
@inline
export function memberKind(member: usize): i32 {
  return load<u16>(member, 4);
}

// @ts-ignore: decorator
@inline
export function memberPath(member: usize): i32 {
  return load<u16>(member, 6);
}

// @ts-ignore: decorator
@inline
export function memberCell(member: usize): usize {
  return load<u32>(member, 8);
}

// @ts-ignore: decorator
@inline
export function memberRecord(member: usize): usize {
  return load<u32>(member, 12);
}

// @ts-ignore: decorator
@inline
export function memberBit(member: usize): u64 {
  return <u64>1 << <u64>load<u8>(member, 16);
}

// @ts-ignore: decorator
@inline
export function memberAfter(member: usize): usize {
  return member + load<u16>(member);
}

/** The first byte of that name. */
// @ts-ignore: decorator
@inline
export function commonForm(member: usize): usize {
  return member + HEADER;
}

// @ts-ignore: decorator
@inline
export function isEnd(member: usize): bool {
  return load<u16>(member) == 0;
}

// @ts-ignore: decorator
@inline
export function requiredBits(record: usize): u64 {
  return load<u64>(record, 4);
}

/** Whether its name is at `p` in the common form. */
// @ts-ignore: decorator
@inline
function isAt(p: usize, member: usize): bool {
  const common = <i32>commonLength(member);
  const last = <usize>(max(common, 8) - 8);
  const first = load<u64>(p) ^ load<u64>(member, HEADER);
  const differ = first | (load<u64>(p + last) ^ load<u64>(member + last, HEADER));
  return (
    differ << <u64>(64 - (min(common, 8) << 3)) == 0
    && (common <= 16 || equalBytes(p + 8, member + HEADER + 8, common - 16))
  );
}

/**
 * The same for a member or the end of all members: members are mostly in order, so this is tried first.
 */
// @ts-ignore: decorator
@inline
export function comesAt(p: usize, member: usize): bool {
  return !isEnd(member) && isAt(p, member);
}

/** The member of `record` whose name is at `p` in the common form; 0: none. */
export function memberAt(p: usize, record: usize): usize {
  for (let member = firstMember(record); !isEnd(member); member = memberAfter(member)) {
    if (isAt(p, member)) return member;
  }
  return 0;
}

/** The member with this name, however it was written; 0: none. */
export function memberNamed(record: usize, ptr: usize, len: i32): usize {
  for (let member = firstMember(record); !isEnd(member); member = memberAfter(member)) {
    const common = commonLength(member);
    const own = load<u16>(member) - HEADER - common;
    const isPlain = own == 0;
    const name = member + HEADER + (isPlain ? 1 : common);
    if (sameBytes(name, <i32>(isPlain ? common - AROUND : own), ptr, len)) return member;
  }
  return 0;
}

/** The cell that the host's clock replaces; 0: none. */
let given: usize = 0;

export function setGiven(cell: usize): void {
  given = cell;
}

/** Records the missing required members of the record that ends at `p`; its cells start at `base`. */
export function missing(record: usize, base: usize, p: usize): void {
  const required = requiredBits(record);
  for (let member = firstMember(record); !isEnd(member); member = memberAfter(member)) {
    const cell = base + memberCell(member);
    if (!(required & memberBit(member)) || load<u8>(cell, 8) != 0 || cell == given) continue;
    recordFault(Code.MISSING, memberPath(member), Found.NOTHING, p);
    if (load<u8>(member, 17)) faultCells(cell, cellsOf(member));
  }
}

/** The value is not a record. */
export function faulty(record: usize, base: usize): void {
  for (let member = firstMember(record); !isEnd(member); member = memberAfter(member)) {
    faultCells(base + memberCell(member), cellsOf(member));
  }
}

function cellsOf(member: usize): i32 {
  const record = memberRecord(member);
  return record == 0 ? <i32>CELL : load<i32>(record);
}

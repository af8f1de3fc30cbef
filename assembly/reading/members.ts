// The members that a policy declares, by its tables: finds a member by its name, the location of its
// cells, and handles missing members and records that are not objects.

import { CELL, clearCells, isAbsent, isFaulty, storeFaulty } from '../memory/cells';
import { equalBytes, sameBytes } from '../memory/bytes';
import { Code, Found, recordFault } from './errors';
import { faultCells } from './faults';
import { OPENS_REQUESTS } from '../layout';

/** The table of a record, before its members in sequence. It is packed: the bits start at byte 4. */
@unmanaged
export class RecordTable {
  /** The bytes of its cell and all cells in it. */
  size!: u32;
  /** The bits of its required members, 64 of them. */
  required!: u32;
  moreRequired!: u32;
}

/**
 * A member, before its name in the common form, and the name itself if it must be escaped. The last member of a
 * record is followed by the first word of another, 0.
 */
@unmanaged
class Member {
  /** The bytes to the next member; 0: there is none. */
  size!: u16;
  /** The bytes of its name in the common form. */
  commonLength!: u16;
  /** As in `Kind` (shapes.ts) or `MemberKind`; others are those of the policy. */
  kind!: u16;
  path!: u16;
  /** Relative to the cell of the record, or to the start of the facts. */
  cell!: u32;
  /** The table of its record; 0: it is not a record. The index of an entity or its properties. */
  record!: u32;
  /** The index of its bit. */
  bit!: u8;
  /** 1 if its cells are faulty when it is missing. */
  isFaultyIfMissing!: u8;
}

/** The kinds of members that are not values; they follow all kinds of values. */
export const enum MemberKind {
  RECORD = 0xfff0,
  ENTITY = 0xfff1,
  PROPERTIES = 0xfff2,
  CONTEXT = 0xfff3,
}

const FIRST: usize = offsetof<RecordTable>();
const HEADER: usize = offsetof<Member>();
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
  return load<u16>(member, offsetof<Member>('commonLength'));
}

// @ts-ignore: decorator
@inline
export function memberKind(member: usize): i32 {
  return load<u16>(member, offsetof<Member>('kind'));
}

// @ts-ignore: decorator
@inline
export function memberPath(member: usize): i32 {
  return load<u16>(member, offsetof<Member>('path'));
}

// @ts-ignore: decorator
@inline
export function memberCell(member: usize): usize {
  return load<u32>(member, offsetof<Member>('cell'));
}

// @ts-ignore: decorator
@inline
export function memberRecord(member: usize): usize {
  return load<u32>(member, offsetof<Member>('record'));
}

// @ts-ignore: decorator
@inline
export function memberBit(member: usize): u64 {
  return <u64>1 << <u64>load<u8>(member, offsetof<Member>('bit'));
}

// @ts-ignore: decorator
@inline
export function getNextMember(member: usize): usize {
  return member + load<u16>(member, offsetof<Member>('size'));
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
  return load<u16>(member, offsetof<Member>('size')) == 0;
}

// @ts-ignore: decorator
@inline
export function getRequiredBits(record: usize): u64 {
  return load<u64>(record, offsetof<RecordTable>('required'));
}

/** Whether its name is at `p` in the common form. */
// @ts-ignore: decorator
@inline
function matchesName(p: usize, member: usize): bool {
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
export function isNextMember(p: usize, member: usize): bool {
  return !isEnd(member) && matchesName(p, member);
}

/** The member of `record` whose name is at `p` in the common form; 0: none. */
export function findMember(p: usize, record: usize): usize {
  for (let member = firstMember(record); !isEnd(member); member = getNextMember(member)) {
    if (matchesName(p, member)) return member;
  }
  return 0;
}

/** The member with this name, however it was written; 0: none. */
export function memberNamed(record: usize, ptr: usize, len: i32): usize {
  for (let member = firstMember(record); !isEnd(member); member = getNextMember(member)) {
    const common = commonLength(member);
    const own = load<u16>(member, offsetof<Member>('size')) - HEADER - common;
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

/** The cells of an incomplete request, of which members may be missing, and those of them that may not. */
let openFrom: usize = 0;
let openTo: usize = 0;
let subjectCell: usize = 0;
let actionCell: usize = 0;
let resourceCell: usize = 0;

/** `from` and `to` are 0 for a complete request. */
export function setOpen(from: usize, to: usize): void {
  openFrom = from;
  openTo = to;
}

/** The cells of the strings that choose the properties of each root. */
export function setChoosers(subject: usize, action: usize, resource: usize): void {
  subjectCell = subject;
  actionCell = action;
  resourceCell = resource;
}

// @ts-ignore: decorator
@inline
function mayBeOpen(cell: usize): bool {
  return cell >= openFrom && cell < openTo && cell != subjectCell && cell != actionCell && cell != resourceCell;
}

/** Records the missing required members of the record that ends at `p`; its cells start at `base`. */
export function missing(record: usize, base: usize, p: usize): void {
  const required = getRequiredBits(record);
  for (let member = firstMember(record); !isEnd(member); member = getNextMember(member)) {
    const cell = base + memberCell(member);
    if (!(required & memberBit(member)) || !isAbsent(cell) || cell == given) continue;
    if (OPENS_REQUESTS) {
      if (mayBeOpen(cell)) continue;
    }
    recordFault(Code.MISSING, memberPath(member), Found.NOTHING, p);
    if (load<u8>(member, offsetof<Member>('isFaultyIfMissing'))) faultCells(cell, countCells(member));
  }
}

/** The value is not a record. */
export function faulty(record: usize, base: usize): void {
  for (let member = firstMember(record); !isEnd(member); member = getNextMember(member)) {
    faultCells(base + memberCell(member), countCells(member));
  }
}

/** Clears the cells of the members of `record` that `other` does not have. */
export function clearOthers(record: usize, other: usize, base: usize): void {
  for (let member = firstMember(record); !isEnd(member); member = getNextMember(member)) {
    const cell = memberCell(member);
    if (!hasCell(other, cell)) clearCells(base + cell, countCells(member));
  }
}

function hasCell(record: usize, cell: usize): bool {
  for (let member = firstMember(record); !isEnd(member); member = getNextMember(member)) {
    if (memberCell(member) == cell) return true;
  }
  return false;
}

/**
 * Marks the absent members of a record as faulty, and all members of those that are records. Members that the record
 * does not have stay absent.
 */
export function openMembers(record: usize, base: usize): void {
  for (let member = firstMember(record); !isEnd(member); member = getNextMember(member)) {
    const kind = memberKind(member);
    if (kind == MemberKind.PROPERTIES) continue;
    const cell = base + memberCell(member);
    const isOpen = isAbsent(cell);
    if (kind == MemberKind.RECORD && !isFaulty(cell)) openMembers(memberRecord(member), cell);
    if (isOpen) storeFaulty(cell);
  }
}

function countCells(member: usize): i32 {
  const record = memberRecord(member);
  return record == 0 ? <i32>CELL : load<i32>(record, offsetof<RecordTable>('size'));
}

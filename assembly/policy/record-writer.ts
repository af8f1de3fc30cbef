// Writes the facts of a session as JSON, by the tables that they were read with (see members.ts).

import { FAULTY_MARK, FAULTY_MARK_BYTES, UNKNOWN_MARK, UNKNOWN_MARK_BYTES } from '../reading/absent-marks';
import { CELL, Cell, isAbsent, isFaulty, isKnown, lengthIn, pointerIn } from '../memory/cells';
import {
  commonForm, commonLength, firstMember, isEnd, getNextMember, memberCell, memberKind, MemberKind, memberRecord,
} from '../reading/members';
import { putByte, putBytes, putText } from '../writing/text-writer';
import { writeValue } from './generated';

/** Writes the present members of a record, whose cells start at `base`. */
export function writeMembers(record: usize, base: usize): void {
  putByte(0x7b);
  let isFirst = true;
  for (let member = firstMember(record); !isEnd(member); member = getNextMember(member)) {
    const cell = base + memberCell(member);
    if (isAbsent(cell)) continue;
    if (!isFirst) putByte(0x2c);
    isFirst = false;
    putBytes(commonForm(member), commonLength(member));
    writeCell(memberKind(member), memberRecord(member), cell);
  }
  putByte(0x7d);
}

function writeCell(kind: i32, record: usize, cell: usize): void {
  if (isFaulty(cell)) putBytes(FAULTY_MARK, FAULTY_MARK_BYTES);
  else if (kind == MemberKind.RECORD) writeMembers(record, cell);
  else if (!isKnown(cell)) putBytes(UNKNOWN_MARK, UNKNOWN_MARK_BYTES);
  else writeValue(kind, cell);
}

/** Writes the elements of a collection, of `stride` bytes and this kind; `record`: their table, if they are records. */
export function writeElements(cell: usize, stride: usize, kind: i32, record: usize): void {
  putByte(0x5b);
  const first = <usize>pointerIn(cell);
  for (let at: u32 = 0; at < load<u32>(cell, offsetof<Cell>('length')); at += 1) {
    if (at > 0) putByte(0x2c);
    writeCell(kind, record, first + <usize>at * stride);
  }
  putByte(0x5d);
}

/** Writes a map with entries of `stride` bytes; `kind` and `record` are those of the values. */
export function writeEntries(cell: usize, stride: usize, kind: i32, record: usize): void {
  putByte(0x7b);
  const first = <usize>pointerIn(cell);
  for (let at: u32 = 0; at < load<u32>(cell, offsetof<Cell>('length')); at += 1) {
    if (at > 0) putByte(0x2c);
    const key = first + <usize>at * stride + CELL;
    putText(pointerIn(key), lengthIn(key));
    putByte(0x3a);
    writeCell(kind, record, key + CELL);
  }
  putByte(0x7d);
}

/** A name of a list. */
@unmanaged
export class Name {
  pointer!: u32;
  length!: i32;
}

/** Writes a name of a list as JSON. */
export function writeName(names: usize, at: i64): void {
  const name = names + <usize>at * offsetof<Name>();
  putText(load<u32>(name, offsetof<Name>('pointer')), load<i32>(name, offsetof<Name>('length')));
}

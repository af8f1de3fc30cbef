// Reads the module's cells as values: for messages, and as JSON. Throws on a cell that its type does not allow.

import {
  cellLayout,
  exactDecimal,
  type JsonValue,
  type TypeDescription,
  violations,
} from '../contract/index.ts';
import { showCidr, showIp } from './address.ts';
import { misread } from './engine-failure.ts';
import type { ModuleMemory } from './memory.ts';
import { exactNumber, formatInstant, showDecimal, showDuration } from './show.ts';

export function isPresent(memory: ModuleMemory, cell: number): boolean {
  return memory.u8(cell + cellLayout.present) !== 0;
}

export function isKnown(memory: ModuleMemory, cell: number): boolean {
  return memory.u8(cell + cellLayout.known) !== 0;
}

/** The value as messages print it. */
export function showCell(memory: ModuleMemory, cell: number, type: TypeDescription): string {
  return isKnown(memory, cell) ? show(type, read(memory, cell, type)) : '(unknown)';
}

/** Durations in seconds, instants in RFC 3339, enums by name, sets in the order of code points. */
export function cellToJson(memory: ModuleMemory, cell: number, type: TypeDescription): JsonValue {
  if (!isKnown(memory, cell)) throw misread(violations.unknownValue);
  if (type.kind !== 'Set') return toJson(type, read(memory, cell, type));
  const { element } = type;
  return elementsOf(memory, cell)
    .map((each) => read(memory, each, element))
    .sort(compare)
    .map((value) => toJson(element, value));
}

function elementsOf(memory: ModuleMemory, cell: number): readonly number[] {
  const start = memory.u32(cell + cellLayout.pointer);
  const count = memory.u32(cell + cellLayout.length);
  memory.expect(start, count * cellLayout.size);
  return Array.from({ length: count }, (_, index) => start + index * cellLayout.size);
}

/** A string, or a 64-bit integer, as stored in the cell. */
function read(memory: ModuleMemory, cell: number, type: TypeDescription): string | bigint {
  if (!isKnown(memory, cell)) throw misread(violations.unknownElement);
  if (type.kind === 'Set') throw misread(violations.nestedSet);
  const [pointer, length] = [cellLayout.pointer, cellLayout.length].map((at) =>
    memory.u32(cell + at),
  ) as [number, number];
  switch (type.kind) {
    case 'String':
    case 'SpiffeId':
      return memory.text(pointer, length);
    case 'Ip':
      return showIp(memory.bytes(pointer, length));
    case 'Cidr':
      return showCidr(memory.bytes(pointer, length));
    default:
      return memory.i64(cell);
  }
}

function toJson(type: TypeDescription, value: string | bigint): JsonValue {
  if (typeof value === 'string') return value;
  if (type.kind === 'Bool') return toBool(value);
  if (type.kind === 'Int') return exactNumber(value);
  if (type.kind === 'Decimal') return exactDecimal(showDecimal(value));
  return type.kind === 'Duration' ? Number(value) / 1000 : show(type, value);
}

function show(type: TypeDescription, value: string | bigint): string {
  if (typeof value === 'string') return value;
  if (type.kind === 'Timestamp') return formatInstant(value);
  if (type.kind === 'Duration') return showDuration(value);
  if (type.kind === 'Decimal') return showDecimal(value);
  if (type.kind === 'Bool') return String(toBool(value));
  return type.kind === 'Enum' ? memberOf(type.members, value) : String(value);
}

function toBool(value: bigint): boolean {
  if (value !== 0n && value !== 1n) throw misread(violations.invalidBool);
  return value === 1n;
}

function memberOf(members: readonly string[], value: bigint): string {
  const member = value >= 0n && value < members.length ? members[Number(value)] : undefined;
  if (member === undefined) throw misread(violations.unknownMember);
  return member;
}

function compare(a: string | bigint, b: string | bigint): number {
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareCodePoints(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let i = 0; i < Math.min(left.length, right.length); i += 1) {
    const difference = (left[i]?.codePointAt(0) ?? 0) - (right[i]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

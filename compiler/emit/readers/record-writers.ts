// Emits the functions that write a session's facts as JSON, by the tables that they were read with: they
// take a cell and its kind, and write what the reader of this kind reads.

import type { IrEnum, IrReader } from '../../ir/ir.ts';
import type { StaticData } from '../data/static-data.ts';
import { memberKinds } from './object-reader.ts';

/**
 * The call that writes the value of a cell, by its reader; `scaled` has the given number of decimal
 * places.
 */
const text = 'putText(load<u32>(cell), load<i32>(cell, 4))';
const scalars: Readonly<Record<string, string>> = {
  readString: text,
  readSpiffe: text,
  readIp: 'putAddress(load<u32>(cell), load<i32>(cell, 4))',
  readCidr: 'putAddress(load<u32>(cell), load<i32>(cell, 4))',
  readBool: 'putBool(load<i64>(cell) != 0)',
  readInt: 'putInteger(load<i64>(cell))',
  readDecimal: 'putScaled(load<i64>(cell), 6)',
  readDuration: 'putScaled(load<i64>(cell), 3)',
  readTimestampSeconds: 'putScaled(load<i64>(cell), 3)',
  readTimestamp: 'putInstant(load<i64>(cell))',
};

/** How values of one kind are written, with the number of the kind. */
export interface WrittenKind {
  readonly kind: number;
  readonly reader: IrReader;
  /** For a collection, the kind of its elements, and their table if they are records. */
  readonly element?: { readonly kind: number; readonly record: number };
}

export function recordWriters(
  kinds: readonly WrittenKind[],
  enums: readonly IrEnum[],
  data: StaticData,
): string {
  const names = new Map(enums.map(({ id, members }) => [id, members]));
  const cases = kinds.map(
    (written) => `    case ${written.kind}: ${statement(written, names, data)}; return;`,
  );
  return `
/** Writes all present members, separated by commas. */
export function writeMembers(record: usize, base: usize): void {
  put(0x7b);
  let isFirst = true;
  for (let member = firstMember(record); !isEnd(member); member = memberAfter(member)) {
    const cell = base + memberCell(member);
    if (load<u8>(cell, 8) == 0) continue;
    if (!isFirst) put(0x2c);
    isFirst = false;
    putBytes(commonForm(member), <i32>commonLength(member));
    writeCell(memberKind(member), memberRecord(member), cell);
  }
  put(0x7d);
}

function writeCell(kind: i32, record: usize, cell: usize): void {
  if (load<u8>(cell, 8) == 3) putBytes(FAULTY_MARK, FAULTY_MARK_BYTES);
  else if (kind == ${memberKinds.record}) writeMembers(record, cell);
  else if (load<u8>(cell, 9) == 0) putBytes(UNKNOWN_MARK, UNKNOWN_MARK_BYTES);
  else writeValue(kind, cell);
}

function writeElements(cell: usize, stride: usize, kind: i32, record: usize): void {
  put(0x5b);
  const first = <usize>load<u32>(cell);
  for (let at: u32 = 0; at < load<u32>(cell, 4); at += 1) {
    if (at > 0) put(0x2c);
    writeCell(kind, record, first + <usize>at * stride);
  }
  put(0x5d);
}

export function writeName(names: usize, at: i64): void {
  const name = names + (<usize>at << 3);
  putText(load<u32>(name), load<i32>(name, 4));
}

function writeValue(kind: i32, cell: usize): void {
  switch (kind) {
${cases.join('\n')}
    default: ${text};
  }
}
`;
}

function statement(
  { reader, element }: WrittenKind,
  enums: ReadonlyMap<number, readonly string[]>,
  data: StaticData,
): string {
  switch (reader.kind) {
    case 'scalar':
    case 'ranged':
      return scalars[reader.function] ?? '';
    case 'enum':
      return `writeName(${namesOf(enums.get(reader.id) ?? [], data)}, load<i64>(cell))`;
    case 'collection':
      return `writeElements(cell, ${reader.stride}, ${element?.kind}, ${element?.record})`;
    case 'record':
      throw new Error('broken invariant: a record is not a value');
  }
}

/** Stores the pointer and the length of each name, in sequence. */
export function namesOf(names: readonly string[], data: StaticData): number {
  return data.words(
    names.flatMap((name) => {
      const { address, length } = data.text(name);
      return [address, length];
    }),
  );
}

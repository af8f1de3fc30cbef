// Emits the functions that write a session's facts as JSON, by the tables that they were read with: they
// take a cell and its kind, and write what the reader of this kind reads.

import type { IrEnum, IrReader } from '../../ir/ir.ts';
import type { StaticData } from '../data/static-data.ts';

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
export function writeValue(kind: i32, cell: usize): void {
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

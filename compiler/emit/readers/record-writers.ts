// Emits the function that writes a session's facts as JSON by the kinds of their values: it writes what the reader of
// a kind reads.

import type { IrEnum, IrReader } from '../../ir/records.ts';
import { cellCode } from '../data/cell-code.ts';
import type { StaticData } from '../data/static-data.ts';

const text = `putText(${cellCode.bytes('cell')})`;
const address = quoteCall(`putAddress(${cellCode.bytes('cell')})`);

/** The statements that write the value of a cell, by its reader. */
const scalars: Readonly<Record<string, string>> = {
  readString: text,
  readSpiffe: text,
  readIp: address,
  readCidr: address,
  readBool: `putBool(${cellCode.word('cell')} != 0)`,
  readInt: `putInteger(${cellCode.word('cell')})`,
  readDecimal: `putQuotient(${cellCode.word('cell')}, 1000000)`,
  readDuration: `putQuotient(${cellCode.word('cell')}, 1000)`,
  readTimestampSeconds: `putQuotient(${cellCode.word('cell')}, 1000)`,
  readTimestamp: quoteCall(`putInstant(${cellCode.word('cell')})`),
};

function quoteCall(call: string): string {
  const quote = 'putByte(0x22)';
  return `${quote}; ${call}; ${quote}`;
}

/** How values of one kind are written, with the number of the kind. */
export interface WrittenKind {
  readonly kind: number;
  readonly reader: IrReader;
  /** For a collection, the kind of its elements or of a map's values, and their table if they are records. */
  readonly element?: { readonly kind: number; readonly record: number };
}

export function recordWriters(
  kinds: readonly WrittenKind[],
  enums: readonly IrEnum[],
  data: StaticData,
): string {
  const names = new Map(enums.map(({ id, members }) => [id, members]));
  const cases = kinds.map(
    (written) => `    case ${written.kind}: ${emitStatement(written, names, data)}; return;`,
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

function emitStatement(
  { reader, element }: WrittenKind,
  enums: ReadonlyMap<number, readonly string[]>,
  data: StaticData,
): string {
  switch (reader.kind) {
    case 'scalar':
    case 'ranged':
      return scalars[reader.function] ?? '';
    case 'enum':
      return `writeName(${storeNames(enums.get(reader.id) ?? [], data)}, ${cellCode.word('cell')})`;
    case 'collection':
      return `${reader.isMap ? 'writeEntries' : 'writeElements'}(cell, ${reader.stride}, ${element?.kind}, ${element?.record})`;
    case 'record':
      throw new Error('broken invariant: a record is not a value');
  }
}

/** Stores the pointer and the length of each name, in sequence. */
export function storeNames(names: readonly string[], data: StaticData): number {
  return data.words(
    names.flatMap((name) => {
      const { address, length } = data.text(name);
      return [address, length];
    }),
  );
}

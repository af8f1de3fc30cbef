// Emits `settle`, which converts the values that a host encoded to the form that the module stores.
// Strings of other types are parsed, sets are deduplicated, and defaults fill elements. Returns false if
// a string is invalid, so that the host can send the whole request instead and report the error.

import { createCellReaders } from '../../ir/cell-readers.ts';
import type { IrFacts } from '../../ir/ir.ts';
import type { IrReader, IrRecord } from '../../ir/records.ts';
import { cellCode, cellStores } from '../data/cell-code.ts';
import type { StaticData } from '../data/static-data.ts';
import { addOffset, recordDefaults } from './record-readers.ts';

export function emitNormalize(
  facts: IrFacts,
  address: number,
  data: StaticData,
): readonly string[] {
  const cells = [...createCellReaders(facts)];
  return [
    'export function settle(): bool {',
    ...cells.flatMap(([offset, reader]) => settleCell(reader, `${address + offset}`, 0, data)),
    // Sets can exceed the available memory.
    '  return errorSeverity == 0;',
    '}',
  ];
}

const readings: Readonly<Record<string, string>> = {
  readIp: 'toIp',
  readCidr: 'toCidr',
};

function settleCell(
  reader: IrReader,
  cell: string,
  level: number,
  data: StaticData,
  collection?: string,
): readonly string[] {
  const lines =
    reader.kind === 'collection'
      ? settleCollection(reader, cell, level, data)
      : reader.kind === 'scalar'
        ? settleText(reader.function, cell, collection)
        : [];
  return lines.length === 0 ? [] : [`  if (${cellCode.unread(cell)}) {`, ...lines, '  }'];
}

/** `collection`: the cell of the collection that contains it. */
function settleText(
  reader: string,
  cell: string,
  collection: string | undefined,
): readonly string[] {
  const text = cellCode.bytes(cell);
  if (reader === 'readTimestamp') {
    return [
      `    if (!parseTimestamp(${text})) return false;`,
      `    storeWord(${cell}, timestampValue);`,
    ];
  }
  if (reader === 'readSpiffe') {
    // An invalid element is unknown, and so is its collection.
    const part = collection === undefined ? '' : ` ${cellStores.partial(collection)}`;
    return [
      `    if (spiffeValid(${text})) ${cellStores.isRead(cell)}`,
      `    else { storeUnknown(${cell});${part} }`,
    ];
  }
  const reading = readings[reader];
  return reading === undefined
    ? []
    : [
        `    const read = ${reading}(${text});`,
        '    if (!ok) return false;',
        `    storeBytes(${cell}, <u32>read, <i32>(read >> 32));`,
      ];
}

function settleCollection(
  { element, stride, distinct }: IrReader & { kind: 'collection' },
  cell: string,
  level: number,
  data: StaticData,
): readonly string[] {
  const each = `element${level}`;
  const within =
    element.kind === 'record'
      ? settleRecord(element.record, each, level + 1, data)
      : settleCell(element, each, level + 1, data, cell);
  const [pointer, count] = [cellCode.pointer(cell), cellCode.length(cell)];
  const loop = [
    `    const end${level}: usize = ${pointer} + ${count} * ${stride};`,
    `    for (let ${each}: usize = ${pointer}; ${each} < end${level}; ${each} += ${stride}) {`,
    ...within,
    '    }',
  ];
  const lines = [
    ...(within.length === 0 ? [] : loop),
    ...(distinct === undefined
      ? []
      : [`    ${cellStores.length(cell, `dedupe${distinct}(${pointer}, ${count})`)}`]),
  ];
  return lines.length === 0 ? [] : [...lines, `    ${cellStores.isRead(cell)}`];
}

function settleRecord(
  record: IrRecord,
  base: string,
  level: number,
  data: StaticData,
): readonly string[] {
  const settleMembers = ({ members }: IrRecord, from: string): readonly string[] =>
    members.flatMap(({ reader, offset }) =>
      reader.kind === 'record'
        ? settleMembers(reader.record, addOffset(from, offset))
        : settleCell(reader, addOffset(from, offset), level, data),
    );
  return [...settleMembers(record, base), ...recordDefaults(record, base, data)];
}

// Maps each cell of the facts to its reader, by the offset from their start; elements of collections and
// the cells of records are not included.

import type { IrFacts } from './ir.ts';
import type { IrReader, IrRecord } from './records.ts';

export type CellReaders = ReadonlyMap<number, IrReader>;

export function createCellReaders(facts: IrFacts): CellReaders {
  const found = new Map(collectReaders(listFactShapes(facts).map(({ record }) => record)));
  for (const { offset } of Object.values(facts.selectors)) found.set(offset, text);
  return found;
}

/** The readers of the records that are in the facts. */
export function collectReaders(records: readonly IrRecord[]): CellReaders {
  const readers = new Map<number, IrReader>();
  const add = (record: IrRecord, base: number): void => {
    for (const { offset, reader } of record.members) {
      if (reader.kind === 'record') add(reader.record, base + offset);
      else readers.set(base + offset, reader);
    }
  };
  for (const record of records) add(record, 0);
  return readers;
}

/** The shapes of all roots. */
export function listFactShapes(facts: IrFacts) {
  return [...facts.subject, ...facts.action, ...facts.resource, ...listContextShapes(facts)];
}

/** The records of the context, for all requests and by their scopes. */
export function listContextShapes({ context, contexts }: IrFacts) {
  return [...(context === undefined ? [] : [context]), ...contexts];
}

const text: IrReader = { kind: 'scalar', function: 'readString' };

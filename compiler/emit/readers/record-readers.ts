// Emits the parts of the reader of objects that depend on the policy: a table for each record, in the
// constant data, and a function for each set, list and enum. A function takes a cursor and a cell, and
// returns the cursor after the value, or 0 if the source is not readable. Faults are recorded with their
// paths, and reading continues.

import { requestErrors } from '@nhipol/runtime/abi';
import { listFactShapes } from '../../ir/cell-readers.ts';
import type { IrSignal } from '../../ir/history.ts';
import type { IrFacts } from '../../ir/ir.ts';
import type { IrMember, IrReader, IrRecord } from '../../ir/records.ts';
import type { IrConst } from '../../ir/values.ts';
import { cellBytes, cellCode, cellStores } from '../data/cell-code.ts';
import { firstPolicyKind, memberKinds, recordTable, valueKinds } from '../data/record-table.ts';
import type { StaticData } from '../data/static-data.ts';
import { emitPlaces } from '../data/string-dispatch.ts';
import { formatWord } from '../expressions/locals.ts';
import { recordWriters, type WrittenKind } from './record-writers.ts';

export interface ReaderOptions {
  readonly facts: number;
  readonly data: StaticData;
  /** The absolute address of `context.time`, which a host's clock can replace. */
  readonly time: number | undefined;
  /** Whether partial requests are read as well. */
  readonly patching: boolean;
  /** Their payloads are read like the records of a request. */
  readonly signals?: readonly IrSignal[] | undefined;
}

export class RecordReaders {
  readonly lines: string[] = [];
  readonly #facts: IrFacts;
  readonly #options: ReaderOptions;
  readonly #done = new Set<string>();
  readonly #tables = new Map<number, number>();
  /** The readers by kind. */
  readonly #valueReaders: string[] = [];
  readonly #written: WrittenKind[] = [];
  readonly #rangedReaders = new Map<string, string>();

  constructor(facts: IrFacts, options: ReaderOptions) {
    this.#facts = facts;
    this.#options = options;
  }

  #add(...lines: readonly string[]): void {
    this.lines.push(...lines);
  }

  enumeration(id: number, members: readonly string[], otherwise: number | undefined): void {
    this.#add(
      `function ordinal${id}(p: usize, n: i32): i32 {`,
      ...emitPlaces(members, 'n', 'p', (index) => `return ${index};`),
      `  return ${otherwise ?? -1};`,
      '}',
      `function readEnum${id}(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {`,
      '  if (load<u8>(p) != 0x22) return refuse(p, cell, path, depth, nullIsAbsent);',
      '  p = readText(p);',
      '  if (p == 0) return 0;',
      `  const ordinal = ordinal${id}(textPtr, textLen);`,
      '  if (ordinal < 0) storeUnknown(cell);',
      '  else storeWord(cell, ordinal);',
      '  return p;',
      '}',
    );
  }

  /** The address of its table; the record of a root has no cell of its own, and is never null. */
  table(record: IrRecord): number {
    const existingTable = this.#tables.get(record.id);
    if (existingTable !== undefined) return existingTable;
    const members = record.members.map((member) => this.#member(member));
    const { address } = this.#options.data.raw(recordTable(record.size, members));
    this.#tables.set(record.id, address);
    return address;
  }

  #member({ name, path, offset, reader, required }: IrMember) {
    return {
      name,
      path,
      cell: offset,
      missing: required ? ('faulty' as const) : ('fine' as const),
      ...(reader.kind === 'record'
        ? { kind: memberKinds.record, record: this.table(reader.record) }
        : { kind: this.#kind(reader), record: 0 }),
    };
  }

  #reader(reader: IrReader): string {
    switch (reader.kind) {
      case 'scalar':
        return reader.function;
      case 'ranged':
        return this.#addRangedReader(reader);
      case 'enum':
        return `readEnum${reader.id}`;
      case 'record':
        return this.#element(reader.record);
      case 'collection':
        if (reader.isMap) this.#map(reader);
        else this.#collection(reader);
        return `readCollection${reader.id}`;
    }
  }

  #addRangedReader(reader: IrReader & { kind: 'ranged' }): string {
    const bounds = `${formatWord(reader.min)}, ${formatWord(reader.max)}`;
    const key = `${reader.function} ${bounds}`;
    const existingReader = this.#rangedReaders.get(key);
    if (existingReader !== undefined) return existingReader;
    const name = `readRanged${this.#rangedReaders.size}`;
    this.#rangedReaders.set(key, name);
    this.#add(
      `function ${name}(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {`,
      `  p = ${reader.function}(p, cell, path, depth, nullIsAbsent);`,
      `  checkRange(cell, ${bounds});`,
      '  return p;',
      '}',
    );
    return name;
  }

  /** Reads a record as an element of a list. */
  #element(record: IrRecord): string {
    const name = `readElement${record.id}`;
    if (!this.#isNew(name)) return name;
    this.#add(
      `function ${name}(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {`,
      `  return readRecord(p, ${this.table(record)}, cell, path, depth, nullIsAbsent);`,
      '}',
    );
    return name;
  }

  #isNew(name: string): boolean {
    if (this.#done.has(name)) return false;
    this.#done.add(name);
    return true;
  }

  #kind(reader: IrReader): number {
    const name = this.#reader(reader);
    if (name === 'readString') return valueKinds.string;
    const known = this.#valueReaders.indexOf(name);
    if (known >= 0) return firstPolicyKind + known;
    const kind = firstPolicyKind + this.#valueReaders.push(name) - 1;
    if (this.#options.patching) this.#written.push({ kind, reader, ...this.#elements(reader) });
    return kind;
  }

  /** Stored values are written by kind, also within collections. */
  #elements(reader: IrReader): Pick<WrittenKind, 'element'> {
    if (reader.kind !== 'collection') return {};
    return {
      element: this.#kindAndTable(reader.isMap ? findEntryValue(reader).reader : reader.element),
    };
  }

  /** The kind of a value and, if it is a record, its table. */
  #kindAndTable(reader: IrReader): { readonly kind: number; readonly record: number } {
    return reader.kind === 'record'
      ? { kind: memberKinds.record, record: this.table(reader.record) }
      : { kind: this.#kind(reader), record: 0 };
  }

  /** Emits the function that reads a value by its kind, once all tables are complete. */
  values(): void {
    this.#add(
      'export function readValue(p: usize, kind: i32, cell: usize, path: i32, depth: i32): usize {',
      '  switch (kind) {',
      ...this.#valueReaders.map(
        (reader, index) =>
          `    case ${firstPolicyKind + index}: return ${reader}(p, cell, path, depth, true);`,
      ),
      '    default: return readString(p, cell, path, depth, true);',
      '  }',
      '}',
    );
  }

  writers(): void {
    this.#add(recordWriters(this.#written, this.#facts.enums, this.#options.data));
  }

  #collection(reader: CollectionReader): void {
    if (!this.#isNew(`collection${reader.id}`)) return;
    const element = this.#reader(reader.element);
    const isOfStrings = element === 'readString';
    const { stride } = reader;
    const deduped = `dedupe${reader.distinct}(elements, count)`;
    const distinct = isOfStrings ? `differ ? count : ${deduped}` : deduped;
    const kept = reader.distinct === undefined ? 'count' : distinct;
    const defaults =
      reader.element.kind === 'record'
        ? recordDefaults(reader.element.record, 'element', this.#options.data)
        : [];
    this.#add(
      `function readCollection${reader.id}(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {`,
      '  if (load<u8>(p) != 0x5b) return refuse(p, cell, path, depth, nullIsAbsent);',
      '  const start = p;',
      '  p = enter(p, depth);',
      '  if (p == 0) return 0;',
      `  const elements = allocate(ELEMENT_LIMIT * ${stride});`,
      '  const top = mark();',
      '  let count = 0;',
      '  let partial = false;',
      '  let faulty = false;',
      ...(isOfStrings ? ['  let differ = false;'] : []),
      '  if (load<u8>(p) != 0x5d) {',
      ...(isOfStrings
        ? [
            `    p = readShortStrings(p, elements, elements + ELEMENT_LIMIT * ${cellBytes});`,
            '    if (p == 0) return 0;',
            `    count = <i32>((shortStringsEnd - elements) >> ${Math.log2(cellBytes)});`,
            '    differ = shortStringsDiffer && load<u8>(p) == 0x5d;',
            '  }',
            '  if (load<u8>(p) != 0x5d) {',
          ]
        : []),
      '    pushIndex(0);',
      '    while (true) {',
      '      if (count < ELEMENT_LIMIT && !exhausted) {',
      `        const element = elements + <usize>count * ${stride};`,
      ...(reader.element.kind === 'record' ? [`        clearCells(element, ${stride});`] : []),
      '        setIndex(count);',
      `        p = ${element}(p, element, ${reader.elementPath}, depth + 1, false);`,
      '        if (p == 0) return 0;',
      ...defaults.map((line) => `      ${line}`),
      `        if (${cellCode.isFaulty('element')}) faulty = true;`,
      `        else if (${cellCode.known('element')} == 0) partial = true;`,
      '      } else {',
      '        p = skipValue(p, depth + 1);',
      '        if (p == 0) return 0;',
      '      }',
      '      count += 1;',
      '      p = skipSpace(p);',
      '      const byte = load<u8>(p);',
      '      if (byte == 0x5d) break;',
      `      if (byte != 0x2c) return failText(${requestErrors.not_json.number}, p);`,
      '      p = skipSpace(p + 1);',
      '    }',
      '    popIndex();',
      '  }',
      '  if (count > ELEMENT_LIMIT) {',
      `    recordFault(${requestErrors.too_many.number}, path, 0, start);`,
      '    faulty = true;',
      '    count = 0;',
      '  }',
      '  if (faulty) storeFaulty(cell);',
      `  else storeCollection(cell, elements, ${kept}, partial);`,
      `  if (mark() == top && !exhausted) release(elements + <usize>count * ${stride});`,
      '  return p + 1;',
      '}',
    );
  }

  #map(reader: CollectionReader): void {
    if (!this.#isNew(`collection${reader.id}`)) return;
    const { stride, id } = reader;
    const { reader: value, offset, path } = findEntryValue(reader);
    const { kind, record } = this.#kindAndTable(value);
    const defaults =
      value.kind === 'record'
        ? recordDefaults(value.record, addOffset('entry', offset), this.#options.data)
        : [];
    const filled = [
      `  if (p != 0 && ${cellCode.known('cell')}) {`,
      `    const end: usize = ${cellCode.pointer('cell')} + ${cellCode.length('cell')} * ${stride};`,
      `    for (let entry: usize = ${cellCode.pointer('cell')}; entry < end; entry += ${stride}) {`,
      ...defaults.map((line) => `    ${line}`),
      '    }',
      '  }',
    ];
    this.#add(
      `function readCollection${id}(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {`,
      `  p = readMap(p, cell, path, depth, nullIsAbsent, ${stride}, ${kind}, ${record}, ${path});`,
      ...(defaults.length === 0 ? [] : filled),
      '  return p;',
      '}',
    );
  }

  // --- defaults ----------------------------------------------------------------------------------

  defaults(): void {
    const lines = listFactShapes(this.#facts).flatMap(({ record }) =>
      recordDefaults(record, `${this.#options.facts}`, this.#options.data),
    );
    this.#add('export function fillDefaults(): void {', ...new Set(lines), '}');
  }
}

type CollectionReader = IrReader & { readonly kind: 'collection' };

/** The value of a map's entry. */
function findEntryValue({ element }: CollectionReader): IrMember {
  const value = element.kind === 'record' ? element.record.members[1] : undefined;
  if (value === undefined) throw new Error('broken invariant: a map without values');
  return value;
}

/** A default replaces an absent member, also in a record that is itself absent. */
export function recordDefaults(
  record: IrRecord,
  base: string,
  data: StaticData,
): readonly string[] {
  return record.members.flatMap((member) => {
    const cell = addOffset(base, member.offset);
    if (member.reader.kind === 'record') return recordDefaults(member.reader.record, cell, data);
    if (member.default === undefined) return [];
    const store = storeDefault(member.default.value, cell, data);
    return [`  if (${cellCode.isAbsent(cell)}) { ${store} ${cellStores.isDefault(cell)} }`];
  });
}

function storeDefault(value: IrConst['value'], cell: string, data: StaticData): string {
  if (typeof value === 'boolean') return cellStores.word(cell, value ? '1' : '0');
  if (typeof value === 'bigint') return cellStores.word(cell, formatWord(value));
  const block = data.block(value);
  return `${cellStores.pointer(cell, `${block.address}`)} ${cellStores.length(cell, `${block.length}`)}`;
}

/** An address: a number, or a variable and a number. */
export function addOffset(base: string, offset: number): string {
  if (/^\d+$/.test(base)) return `${Number(base) + offset}`;
  return offset === 0 ? base : `${base} + ${offset}`;
}

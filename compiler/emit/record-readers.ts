// Readers of what a policy declares: one function for each record, set, list and enum, made for its
// members alone. A cursor comes in with a cell, the cursor behind the value goes out, or 0 where no
// reading is possible; what is at fault is recorded with its path, and reading goes on.

import type { IrFacts, IrMember, IrReader, IrRecord } from '../ir.ts';
import { word } from './locals.ts';
import { emitPlaces, isUsualName, nameTable, usualLength } from './places.ts';
import type { StaticData } from './static-data.ts';

export interface ReaderOptions {
  readonly facts: number;
  readonly data: StaticData;
  /** Absolute address of `context.time`, which a host's clock may stand in for. */
  readonly time: number | undefined;
}

/** Kinds of values in learned shapes: the first behind those of the assembly library's shapes.ts, and one of them. */
const firstKind = 7;
const stringKind = 1;

export class RecordReaders {
  readonly lines: string[] = [];
  readonly #facts: IrFacts;
  readonly #options: ReaderOptions;
  readonly #done = new Set<string>();
  /** Of values in learned shapes, by their kinds. */
  readonly #learned: string[] = [];
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

  // --- objects -----------------------------------------------------------------------------------

  /**
   * The loop over an object's members, to its closing bracket; `read` reads the value of a declared
   * one. Names are compared as they are usually written; one that is written otherwise comes round
   * again, as if it were. A name that comes again is recorded and its value passed over.
   */
  members(
    names: readonly string[],
    read: (index: number) => readonly string[],
    depth: string,
  ): readonly string[] {
    const table = this.#options.data.text(nameTable(names)).address;
    const bits = names.length > 32 ? 'u64' : 'u32';
    return [
      `  let seen: ${bits} = 0;`,
      '  if (load<u8>(p) != 0x7d) {',
      '    const scope = openNames();',
      '    while (true) {',
      '      const at = p;',
      '      let name = p;',
      '      while (true) {',
      '        const word = load<u64>(name);',
      ...names.flatMap((name, index) => [
        `        if (${isUsualName(name, 'name', 'word')}) {`,
        `          p = skipSpace(p + ${usualLength(name)});`,
        `          if (seen & ${2n ** BigInt(index)}) {`,
        `            p = skipRepeated(at, p, ${depth});`,
        '            break;',
        '          }',
        `          seen |= ${2n ** BigInt(index)};`,
        ...read(index).map((line) => `          ${line}`),
        '          break;',
        '        }',
      ]),
      `        p = readOtherName(p, ${table}, scope, ${depth});`,
      '        if (p == 0) return 0;',
      '        if (usualName == 0) break;',
      '        name = usualName;',
      '      }',
      '      if (p == 0) return 0;',
      '      p = skipSpace(p);',
      '      const byte = load<u8>(p);',
      '      if (byte == 0x7d) break;',
      '      if (byte != 0x2c) return failText(1, p);',
      '      p = skipSpace(p + 1);',
      '    }',
      '  }',
    ];
  }

  #reader(reader: IrReader): string {
    switch (reader.kind) {
      case 'scalar':
        return reader.function;
      case 'ranged':
        return this.#ranged(reader);
      case 'enum':
        return `readEnum${reader.id}`;
      case 'record':
        this.#record(reader.record);
        return `readRecord${reader.record.id}`;
      case 'collection':
        this.#collection(reader);
        return `readCollection${reader.id}`;
    }
  }

  #ranged(reader: IrReader & { kind: 'ranged' }): string {
    const bounds = `${word(reader.min)}, ${word(reader.max)}`;
    const key = `${reader.function} ${bounds}`;
    const known = this.#rangedReaders.get(key);
    if (known !== undefined) return known;
    const name = `readRanged${this.#rangedReaders.size}`;
    this.#rangedReaders.set(key, name);
    this.#add(
      `function ${name}(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {`,
      `  p = ${reader.function}(p, cell, path, depth, nullIsAbsent);`,
      `  keepWithin(cell, ${bounds});`,
      '  return p;',
      '}',
    );
    return name;
  }

  /** A record with a cell of its own. */
  #record(record: IrRecord): void {
    if (!this.#isNew(`record${record.id}`)) return;
    const members = this.#members(record, 'cell', 'depth + 1');
    this.#add(
      `function readRecord${record.id}(p: usize, cell: usize, path: i32, depth: i32, nullIsAbsent: bool): usize {`,
      '  if (load<u8>(p) != 0x7b) {',
      '    p = refuse(p, cell, path, depth, nullIsAbsent);',
      `    if (load<u8>(cell, 8) == 3) faultCells(cell, ${record.size});`,
      '    return p;',
      '  }',
      '  if (noting) noteRecord(p, cell);',
      '  store<u32>(cell, 0x101, 8);',
      '  p = enter(p, depth);',
      '  if (p == 0) return 0;',
      ...members,
      `  missing${record.id}(p, cell);`,
      '  return p + 1;',
      '}',
    );
    this.#missing(record, 'cell');
  }

  /** A root's record, which is not null; its members lie where they lie. */
  root(record: IrRecord, path: number, depth: number): void {
    if (!this.#isNew(`record${record.id}`)) return;
    const base = `${this.#options.facts}`;
    const members = this.#members(record, base, `${depth + 1}`);
    this.#add(
      `function readMembers${record.id}(p: usize): usize {`,
      '  if (load<u8>(p) != 0x7b) {',
      `    recordFault(16, ${path}, kindAt(p), p);`,
      `    faulty${record.id}();`,
      `    return skipValue(p, ${depth});`,
      '  }',
      `  p = enter(p, ${depth});`,
      '  if (p == 0) return 0;',
      ...members,
      `  missing${record.id}(p);`,
      '  return p + 1;',
      '}',
      `function faulty${record.id}(): void {`,
      ...record.members.map(
        (member) => `  faultCells(${at(base, member.offset)}, ${sizeOf(member)});`,
      ),
      '}',
    );
    this.#missing(record, base);
  }

  #isNew(name: string): boolean {
    if (this.#done.has(name)) return false;
    this.#done.add(name);
    return true;
  }

  #members({ members }: IrRecord, base: string, depth: string): readonly string[] {
    const readers = members.map((member) => this.#reader(member.reader));
    return this.members(
      members.map((member) => member.name),
      (index) => {
        const { offset, path, reader } = members[index] as IrMember;
        const cell = at(base, offset);
        const read = readers[index] as string;
        return [
          ...(reader.kind === 'record' ? [] : [this.note(read, cell, path, depth)]),
          `p = ${read}(p, ${cell}, ${path}, ${depth}, true);`,
        ];
      },
      depth,
    );
  }

  /** Says of the value at `p` how it is about to be read. */
  note(reader: string, cell: string, path: number, depth: string): string {
    const kind = reader === 'readString' ? stringKind : this.#kind(reader);
    return `if (noting) noteValue(${kind}, p, ${cell}, ${path}, ${depth});`;
  }

  #kind(reader: string): number {
    const known = this.#learned.indexOf(reader);
    return firstKind + (known < 0 ? this.#learned.push(reader) - 1 : known);
  }

  /** Reads a value by its kind, in all the ways that a text can be learned. */
  learned(): readonly string[] {
    return this.#learned.flatMap((reader, index) => [
      `      case ${firstKind + index}:`,
      `        p = ${reader}(p, cellOf(node), pathOf(node), depthOf(node), true);`,
      '        break;',
    ]);
  }

  /** Required members that are not there, at the end `p` of their record. */
  #missing(record: IrRecord, base: string): void {
    const parameters = base === 'cell' ? 'p: usize, cell: usize' : 'p: usize';
    this.#add(`function missing${record.id}(${parameters}): void {`);
    for (const member of record.members.filter((candidate) => candidate.required)) {
      const cell = at(base, member.offset);
      const isTime =
        this.#options.time !== undefined && member.name === 'time'
          ? ` && (${cell} != ${this.#options.time} || !hostTime)`
          : '';
      this.#add(
        `  if (load<u8>(${cell}, 8) == 0${isTime}) {`,
        `    recordFault(17, ${member.path}, 0, p);`,
        `    faultCells(${cell}, ${sizeOf(member)});`,
        '  }',
      );
    }
    this.#add('}');
  }

  #collection(reader: IrReader & { kind: 'collection' }): void {
    if (!this.#isNew(`collection${reader.id}`)) return;
    const element = this.#reader(reader.element);
    const isOfStrings = element === 'readString';
    const { stride } = reader;
    const deduped = `dedupe${reader.distinct}(elements, count)`;
    const distinct = isOfStrings ? `differ ? count : ${deduped}` : deduped;
    const kept = reader.distinct === undefined ? 'count' : distinct;
    const defaults =
      reader.element.kind === 'record'
        ? this.#recordDefaults(reader.element.record, 'element')
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
            '    p = readShortStrings(p, elements, elements + ELEMENT_LIMIT * 16);',
            '    if (p == 0) return 0;',
            '    count = <i32>((shortStringsEnd - elements) >> 4);',
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
      '        if (load<u8>(element, 8) == 3) faulty = true;',
      '        else if (load<u8>(element, 9) == 0) partial = true;',
      '      } else {',
      '        p = skipValue(p, depth + 1);',
      '        if (p == 0) return 0;',
      '      }',
      '      count += 1;',
      '      p = skipSpace(p);',
      '      const byte = load<u8>(p);',
      '      if (byte == 0x5d) break;',
      '      if (byte != 0x2c) return failText(1, p);',
      '      p = skipSpace(p + 1);',
      '    }',
      '    popIndex();',
      '  }',
      '  if (count > ELEMENT_LIMIT) {',
      '    recordFault(19, path, 0, start);',
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

  // --- defaults ----------------------------------------------------------------------------------

  defaults(): void {
    const shapes = [
      ...this.#facts.subject,
      ...this.#facts.action,
      ...this.#facts.resource,
      ...(this.#facts.context ? [this.#facts.context] : []),
    ];
    const lines = shapes.flatMap(({ record }) =>
      this.#recordDefaults(record, `${this.#options.facts}`),
    );
    this.#add('function fillDefaults(): void {', ...new Set(lines), '}');
  }

  /** A default fills what is absent, also in a record that is absent itself. */
  #recordDefaults(record: IrRecord, base: string): readonly string[] {
    return record.members.flatMap((member) => {
      const cell = at(base, member.offset);
      if (member.reader.kind === 'record') return this.#recordDefaults(member.reader.record, cell);
      if (member.default === undefined) return [];
      return [
        `  if (load<u8>(${cell}, 8) == 0) { ${this.#store(member, cell)} store<u32>(${cell}, 0x100, 8); }`,
      ];
    });
  }

  #store(member: IrMember, at: string): string {
    const value = member.default?.value;
    if (typeof value === 'boolean') return `store<i64>(${at}, ${value ? 1 : 0});`;
    if (typeof value === 'bigint') return `store<i64>(${at}, ${word(value)});`;
    const block = this.#options.data.block(value ?? []);
    return `store<u32>(${at}, ${block.address}); store<i32>(${at}, ${block.length}, 4);`;
  }
}

/** An address: a number, or a variable and a number. */
function at(base: string, offset: number): string {
  if (/^\d+$/.test(base)) return `${Number(base) + offset}`;
  return offset === 0 ? base : `${base} + ${offset}`;
}

function sizeOf(member: IrMember): number {
  return member.reader.kind === 'record' ? member.reader.record.size : 16;
}

// Builds the constant data of a module at addresses that the compiler fixes: strings, constant sets,
// tables. Equal strings and sets are stored once; the bytes of an address are stored like a string. The
// formats are the formats of the assembly library (cells.ts, tables.ts, patterns.ts).

import type { Pattern } from '@nhipol/language/types';
import { cellLayout } from '@nhipol/runtime/abi';
import { buildScalarKey, cellSize } from '../../ir/cells.ts';
import type { IrRecord } from '../../ir/records.ts';
import type { IrColumn, IrTable, IrTableForm, IrWindow, IrZone } from '../../ir/tables.ts';
import type { IrConst, IrScalar } from '../../ir/values.ts';
import { defaultMarks, presences } from './cell-code.ts';
import { hashText } from './hash.ts';
import { encodePattern } from './patterns.ts';
import { encodeWindow, encodeZone } from './zone-data.ts';

const encoder = new TextEncoder();

/** Column kinds by their numbers in columns.ts of the assembly library. */
const columnKinds: readonly IrColumn['kind'][] = [
  'Bool',
  'Int',
  'Decimal',
  'String',
  'Timestamp',
  'Seconds',
  'Duration',
  'SpiffeId',
  'Ip',
  'Cidr',
  'Enum',
];

/** As `Values` of external-tables.ts of the assembly library. */
const tableForms: readonly IrTableForm[] = ['scalars', 'sets', 'closed sets'];

export interface Block {
  readonly address: number;
  /** The bytes of a string, or the elements of a set. */
  readonly length: number;
}

export class StaticData {
  readonly #base: number;
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #used = 0;
  /** The maximum number of slots in any table that a look-up visits before a free slot. */
  maxRun = 0;
  readonly #texts = new Map<string, Block>();
  readonly #sets = new Map<string, Block>();
  readonly #missing = new Map<IrRecord, number>();
  readonly #tables = new Map<IrTable, number>();
  readonly #descriptions = new Map<IrTable, number>();
  readonly #patterns = new Map<Pattern, number>();
  readonly #blocks = new Map<string, number>();

  constructor(base: number) {
    this.#base = base;
  }

  /** Whether a stored window has seasons. */
  hasSeasons = false;

  get bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#used);
  }

  get end(): number {
    return this.#base + this.#used;
  }

  raw(bytes: Uint8Array): Block {
    const address = this.#reserve(bytes.length);
    this.#bytes.set(bytes, address - this.#base);
    return { address, length: bytes.length };
  }

  /** Stores 32-bit numbers and returns their address. */
  words(words: readonly number[]): number {
    const bytes = new Uint8Array(words.length * 4);
    const view = new DataView(bytes.buffer);
    for (const [at, word] of words.entries()) view.setUint32(at * 4, word, true);
    return this.raw(bytes).address;
  }

  /** Stores slots of 16 bytes by hash, as in text-table.ts of the assembly library. */
  hashTable(
    entries: readonly { readonly hash: number; readonly words: readonly number[] }[],
  ): number {
    let slots = 2;
    while (slots < entries.length * 2) slots *= 2;
    const words = new Array<number>(4 + slots * 4).fill(0);
    words[0] = slots - 1;
    for (const entry of entries) {
      let at = entry.hash & (slots - 1);
      while (words[4 + at * 4 + 3] !== 0) at = (at + 1) & (slots - 1);
      for (const [word, value] of entry.words.entries()) words[4 + at * 4 + word] = value;
    }
    this.#noteRuns(slots, (at) => words[4 + at * 4 + 3] !== 0);
    return this.words(words);
  }

  /** Stores a table that maps names to their positions in the list, starting at 1. */
  names(names: readonly string[]): number {
    const entries = names.map((name, index) => {
      const { address, length } = this.text(name);
      return { hash: hashText(encodeBytes(name)), words: [address, length, 0, index + 1] };
    });
    return this.hashTable(entries);
  }

  text(text: string | Uint8Array): Block {
    const key = buildScalarKey(text);
    const storedText = this.#texts.get(key);
    if (storedText !== undefined) return storedText;
    const block = this.raw(encodeBytes(text));
    this.#texts.set(key, block);
    return block;
  }

  /** Stores a string or a constant set. */
  block(value: string | Uint8Array | readonly IrScalar[]): Block {
    return typeof value === 'string' || value instanceof Uint8Array
      ? this.text(value)
      : this.set(value);
  }

  /** Stores a constant set as an array of known cells. */
  set(values: readonly IrScalar[]): Block {
    const key = JSON.stringify(values.map(buildScalarKey));
    const existingSet = this.#sets.get(key);
    if (existingSet !== undefined) return existingSet;
    for (const value of values) if (typeof value !== 'bigint') this.text(value);
    const address = this.#reserve(values.length * cellSize);
    for (const [index, value] of values.entries()) this.#scalar(address + index * cellSize, value);
    const block = { address, length: values.length };
    this.#sets.set(key, block);
    return block;
  }

  /**
   * Stores the entries that lookups find where a map has none. `missing`: its cells are absent, or have their defaults;
   * after it is the one of a faulty map, whose cells are faulty. `unknown`: that of an unknown key, without defaults.
   */
  missingEntry(element: IrRecord): { readonly missing: number; readonly unknown: number } {
    const { size } = element;
    const missing = this.#missing.get(element) ?? this.#reserve(3 * size);
    const unknown = missing + 2 * size;
    if (this.#missing.has(element)) return { missing, unknown };
    this.#missing.set(element, missing);
    for (let cell = missing + size; cell < unknown; cell += cellSize)
      this.#u32(cell + cellLayout.present, presences.faulty);
    this.#defaults(element, missing);
    return { missing, unknown };
  }

  #defaults({ members }: IrRecord, base: number): void {
    for (const { offset, reader, default: value } of members) {
      if (reader.kind === 'record') this.#defaults(reader.record, base + offset);
      if (value === undefined) continue;
      this.#constant(base + offset, value);
      this.#u32(base + offset + cellLayout.present, defaultMarks);
    }
  }

  zone(zone: IrZone): number {
    return this.#once(`zone ${zone.name}`, () => encodeZone(zone));
  }

  window(window: IrWindow): number {
    const zone = this.zone(window.zone);
    if (window.seasons.length > 0) this.hasSeasons = true;
    const key = JSON.stringify({ ...window, name: '', zone });
    return this.#once(key, () => encodeWindow(window, zone));
  }

  #once(key: string, make: () => Uint8Array): number {
    const address = this.#blocks.get(key) ?? this.raw(make()).address;
    this.#blocks.set(key, address);
    return address;
  }

  /** Stores a hash table of the rows by their keys; returns its address. */
  table(table: IrTable): number {
    const existingTable = this.#tables.get(table);
    if (existingTable !== undefined) return existingTable;
    const address = this.#hashTable(table);
    this.#tables.set(table, address);
    return address;
  }

  /**
   * Stores the description of an external table, and the empty table that it contains at first; returns
   * its address.
   */
  description(table: IrTable): number {
    const existingDescription = this.#descriptions.get(table);
    if (existingDescription !== undefined) return existingDescription;
    const { external } = table;
    if (external === undefined) throw new Error('broken invariant: not an external table');
    const empty = this.table(table);
    const columns = [...external.keys, external.value];
    const members = columns.map((column) => this.set(column.members));
    const address = this.#reserve(16 + columns.length * 32);
    this.#u32(address, empty);
    this.#u32(address + 4, empty);
    this.#u32(address + 8, external.keys.length);
    this.#u32(address + 12, tableForms.indexOf(external.form));
    for (const [index, column] of columns.entries())
      this.#column(address + 16 + index * 32, column, members[index]?.address ?? 0);
    this.#descriptions.set(table, address);
    return address;
  }

  #column(address: number, { kind, members, min, max }: IrColumn, first: number): void {
    this.#u32(address, columnKinds.indexOf(kind));
    this.#u32(address + 4, first);
    this.#u32(address + 8, members.length);
    this.#view.setBigInt64(address + 16 - this.#base, min, true);
    this.#view.setBigInt64(address + 24 - this.#base, max, true);
  }

  #hashTable(table: IrTable): number {
    const entries = table.rows.map((row) => this.#entry(row.keys, row.value));
    let slots = 4;
    while (slots < table.rows.length * 2) slots *= 2;
    const address = this.#reserve(8 + slots * 4);
    this.#u32(address, slots - 1);
    this.#u32(address + 4, slots);
    for (const [index, row] of table.rows.entries()) {
      let at = hashKeys(row.keys) & (slots - 1);
      while (this.#readU32(address + 8 + at * 4) !== 0) at = (at + 1) & (slots - 1);
      this.#u32(address + 8 + at * 4, entries[index] ?? 0);
    }
    this.#noteRuns(slots, (at) => this.#readU32(address + 8 + at * 4) !== 0);
    return address;
  }

  /** Visits the slots twice, because a run can continue at the first slot. */
  #noteRuns(slots: number, isTaken: (at: number) => boolean): void {
    let run = 0;
    for (let index = 0; index < 2 * slots; index += 1) {
      run = isTaken(index & (slots - 1)) ? run + 1 : 0;
      if (run > this.maxRun) this.maxRun = run;
    }
  }

  /** Whether a stored pattern has an automaton. */
  get hasAutomata(): boolean {
    return [...this.#patterns.keys()].some(({ segments }) => segments === undefined);
  }

  /** Whether a stored pattern is a glob without an automaton. */
  get hasSegmentGlobs(): boolean {
    return [...this.#patterns.keys()].some(({ segments }) => segments !== undefined);
  }

  /** Stores a pattern; returns its address. */
  pattern(pattern: Pattern): number {
    const existingPattern = this.#patterns.get(pattern);
    if (existingPattern !== undefined) return existingPattern;
    const { address } = this.raw(encodePattern(pattern));
    this.#patterns.set(pattern, address);
    return address;
  }

  #entry(keys: readonly IrScalar[], value: IrConst): number {
    for (const key of keys) if (typeof key !== 'bigint') this.text(key);
    if (value.rep === 'bytes') this.text(value.value as string | Uint8Array);
    if (value.rep === 'cells') this.set(value.value as readonly IrScalar[]);
    const address = this.#reserve((keys.length + 1) * cellSize);
    for (const [index, key] of keys.entries()) this.#scalar(address + index * cellSize, key);
    this.#constant(address + keys.length * cellSize, value);
    return address;
  }

  #constant(cell: number, { rep, value }: IrConst): void {
    if (rep === 'cells') {
      const { address, length } = this.set(value as readonly IrScalar[]);
      this.#pair(cell, address, length);
    } else this.#scalar(cell, rep === 'tri' ? (value ? 1n : 0n) : (value as IrScalar));
  }

  #scalar(cell: number, value: IrScalar): void {
    if (typeof value !== 'bigint') {
      const { address, length } = this.text(value);
      this.#pair(cell, address, length);
    } else {
      this.#view.setBigInt64(cell - this.#base, value, true);
      this.#markKnown(cell);
    }
  }

  #pair(cell: number, pointer: number, length: number): void {
    this.#u32(cell, pointer);
    this.#u32(cell + 4, length);
    this.#markKnown(cell);
  }

  #markKnown(cell: number): void {
    this.#u32(cell + 8, 0x101);
  }

  #u32(address: number, value: number): void {
    this.#view.setUint32(address - this.#base, value, true);
  }

  #readU32(address: number): number {
    return this.#view.getUint32(address - this.#base, true);
  }

  /** Reserves memory at a multiple of 16 bytes, so that cells are aligned. */
  #reserve(size: number): number {
    const at = this.#used;
    this.#used += alignSize(size);
    if (this.#used > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#used, this.#bytes.length * 2));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return this.#base + at;
  }
}

/** Rounds up to a multiple of 16 bytes, the alignment of blocks. */
export function alignSize(size: number): number {
  return Math.ceil(size / 16) * 16;
}

/** Splits a 64-bit word, signed or unsigned, into the two 32-bit words of its memory layout. */
export function splitWord(word: bigint): readonly [low: number, high: number] {
  const bits = BigInt.asUintN(64, word);
  return [Number(bits & 0xffffffffn), Number(bits >> 32n)];
}

export function encodeBytes(text: string | Uint8Array): Uint8Array {
  return typeof text === 'string' ? encoder.encode(text) : text;
}

/** FNV-1a over the bytes of each key and an end mark, as in tables.ts of the assembly library. */
function hashKeys(keys: readonly IrScalar[]): number {
  let hash = 0x811c9dc5;
  const add = (byte: number) => {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  };
  for (const key of keys) {
    if (typeof key !== 'bigint') encodeBytes(key).forEach(add);
    else for (let i = 0n; i < 64n; i += 8n) add(Number((BigInt.asUintN(64, key) >> i) & 0xffn));
    add(0xff);
  }
  return hash;
}

// The cells of a policy's facts that a session keeps, as the tables that the assembly library's
// session-facts.ts goes by: words that its record holds, and all else. All that is declared is kept, also
// what no rule reads, for the next version of the policy may.

import { shapesOf } from '../../ir/cell-readers.ts';
import type { IrFacts, IrReader, IrRecord } from '../../ir/ir.ts';
import type { StaticData } from '../data/static-data.ts';

export interface SessionSlots {
  /** Of the words that a session's record holds. */
  readonly words: SlotTable;
  /** Of all else. */
  readonly stored: SlotTable;
  /** How many of these are records, the first of them. */
  readonly records: number;
  /** By the offset of its cell, the place of each word in the record. */
  readonly places: ReadonlyMap<number, number>;
}

interface SlotTable {
  readonly address: number;
  readonly count: number;
}

/** In a session's record. */
const mostWords = 16;
const frontBytes = 32;
const restBytes = 32;

/** Of the rest of a session's record; the whole has 32 more. */
export function sessionRestBytes(facts: IrFacts): number {
  const { length } = sessionWords(facts);
  return Math.ceil((restBytes + 8 + length * 8) / 32) * 32;
}

const kinds = { record: 0, word: 1, bytes: 2, collection: 3 } as const;
type Kind = keyof typeof kinds;

interface Slot {
  readonly offset: number;
  readonly kind: Kind;
  /** Bytes of a record; where the elements of a collection are told. */
  readonly more: number;
}

/** What a scalar's cell holds, by its reader; all others hold a word. */
const texts: ReadonlySet<string> = new Set(['readString', 'readSpiffe', 'readIp', 'readCidr']);

/** By the offsets of their cells, the words that a session's record holds, in their order. */
export function sessionWords(facts: IrFacts): readonly number[] {
  return wordsOf(allSlots(facts, undefined)).map(({ offset }) => offset);
}

/** Of a session, but for texts, collections and its id. */
export function sessionBytes(facts: IrFacts, state: number): number {
  const slots = allSlots(facts, undefined);
  const words = wordsOf(slots);
  const others = slots.length - words.length;
  const left = slots.filter(isWord).length - words.length;
  const bits = outdatedBytes(slots.length) + 2 * Math.ceil(others / 8);
  return frontBytes + sessionRestBytes(facts) + state + bits + 8 * left + 2;
}

/** A bit for each word and each slot: whether it is outdated. */
export function outdatedBytes(members: number): number {
  return Math.ceil(members / 8);
}

export function sessionSlots(facts: IrFacts, address: number, data: StaticData): SessionSlots {
  const all = allSlots(facts, data);
  const words = wordsOf(all);
  const kept = new Set(words);
  const others = all.filter((slot) => !kept.has(slot));
  const records = others.filter(({ kind }) => kind === 'record');
  const table = (slots: readonly Slot[]): SlotTable => ({
    address: data.words(
      slots.flatMap(({ offset, kind, more }) => [address + offset, kinds[kind], more]),
    ),
    count: slots.length,
  });
  return {
    words: table(words),
    stored: table([...records, ...others.filter(({ kind }) => kind !== 'record')]),
    records: records.length,
    places: new Map(words.map(({ offset }, at) => [offset, at])),
  };
}

function wordsOf(slots: readonly Slot[]): readonly Slot[] {
  return slots.filter(isWord).slice(0, mostWords);
}

function isWord({ kind }: Slot): boolean {
  return kind === 'word';
}

/** By their cells. Without data the elements of collections are not told. */
function allSlots(facts: IrFacts, data: StaticData | undefined): readonly Slot[] {
  const own = Object.values(facts.selectors).map(({ offset }): Slot => {
    return { offset, kind: 'bytes', more: 0 };
  });
  const found = new Map<number, Slot>(own.map((slot) => [slot.offset, slot]));
  for (const { record } of shapesOf(facts)) {
    for (const slot of slotsOf(record, 0, data)) found.set(slot.offset, slot);
  }
  return [...found.values()].sort((a, b) => a.offset - b.offset);
}

function slotsOf(record: IrRecord, base: number, data: StaticData | undefined): readonly Slot[] {
  return record.members.flatMap(({ reader, offset }) => slotOf(reader, base + offset, data));
}

function slotOf(reader: IrReader, offset: number, data: StaticData | undefined): readonly Slot[] {
  if (reader.kind === 'record') {
    const { record } = reader;
    return [{ offset, kind: 'record', more: record.size }, ...slotsOf(record, offset, data)];
  }
  const more = reader.kind === 'collection' && data !== undefined ? elementsOf(reader, data) : 0;
  return [{ offset, kind: kindOf(reader), more }];
}

/** Where the elements of a collection are told. */
export function elementsOf(
  { element, stride }: IrReader & { kind: 'collection' },
  data: StaticData,
): number {
  const slots = slotOf(element, 0, data);
  const rows = slots.flatMap((slot) => [slot.offset, kinds[slot.kind], slot.more]);
  return data.words([stride, slots.length, ...rows]);
}

/** As the library numbers it. */
export function slotKind(reader: IrReader): number {
  return kinds[kindOf(reader)];
}

function kindOf(reader: IrReader): Kind {
  if (reader.kind === 'record' || reader.kind === 'collection') return reader.kind;
  return reader.kind !== 'enum' && texts.has(reader.function) ? 'bytes' : 'word';
}

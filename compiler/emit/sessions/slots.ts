// Lays out the cells of a policy's facts that a session stores, as the tables for sessions/facts.ts of the
// assembly library: the words in its record, and everything else. All declared members are stored, also
// those that no rule reads, because the next version of the policy can read them.

import { listFactShapes } from '../../ir/cell-readers.ts';
import type { IrFacts } from '../../ir/ir.ts';
import type { IrReader, IrRecord } from '../../ir/records.ts';
import type { StaticData } from '../data/static-data.ts';

export interface SessionSlots {
  /** The table of the words in a session's record. */
  readonly words: SlotTable;
  /** The table of all other cells. */
  readonly stored: SlotTable;
  /** The number of records, which come first. */
  readonly records: number;
  /** The index of each word in the record, by the offset of its cell. */
  readonly places: ReadonlyMap<number, number>;
}

interface SlotTable {
  readonly address: number;
  readonly count: number;
}

/** The maximum number of words in a session's record. */
const maxWords = 16;
const frontBytes = 32;
const restBytes = 32;

/** The bytes of the rest of a session's record; the whole record has 32 more. */
export function countSessionRestBytes(facts: IrFacts): number {
  const { length } = listSessionWords(facts);
  return Math.ceil((restBytes + 8 + length * 8) / 32) * 32;
}

const kinds = { record: 0, word: 1, bytes: 2, collection: 3 } as const;
type Kind = keyof typeof kinds;

interface Slot {
  readonly offset: number;
  readonly kind: Kind;
  /** The bytes of a record; for a collection, the address of the description of its elements. */
  readonly more: number;
}

/** Readers whose cells contain a string; the cells of all other scalars contain a word. */
const texts: ReadonlySet<string> = new Set(['readString', 'readSpiffe', 'readIp', 'readCidr']);

/** The offsets of the cells whose words are in a session's record, in order. */
export function listSessionWords(facts: IrFacts): readonly number[] {
  return selectWords(collectSlots(facts, undefined)).map(({ offset }) => offset);
}

/** The bytes of a session, except for strings, collections and its ID. */
export function countSessionBytes(facts: IrFacts, state: number): number {
  const slots = collectSlots(facts, undefined);
  const words = selectWords(slots);
  const others = slots.length - words.length;
  const left = slots.filter(isWord).length - words.length;
  const bits = countOutdatedBytes(slots.length) + 2 * Math.ceil(others / 8);
  return frontBytes + countSessionRestBytes(facts) + state + bits + 8 * left + 2;
}

/** The bytes of one bit for each word and each slot: whether it is outdated. */
export function countOutdatedBytes(members: number): number {
  return Math.ceil(members / 8);
}

export function placeSessionSlots(facts: IrFacts, address: number, data: StaticData): SessionSlots {
  const all = collectSlots(facts, data);
  const words = selectWords(all);
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
    places: new Map(words.map(({ offset }, index) => [offset, index])),
  };
}

function selectWords(slots: readonly Slot[]): readonly Slot[] {
  return slots.filter(isWord).slice(0, maxWords);
}

function isWord({ kind }: Slot): boolean {
  return kind === 'word';
}

/** The slots by cell. Without `data`, the elements of collections are not described. */
function collectSlots(facts: IrFacts, data: StaticData | undefined): readonly Slot[] {
  const selectorSlots = Object.values(facts.selectors).map(({ offset }): Slot => {
    return { offset, kind: 'bytes', more: 0 };
  });
  const found = new Map<number, Slot>(selectorSlots.map((slot) => [slot.offset, slot]));
  for (const { record } of listFactShapes(facts)) {
    for (const slot of listSlots(record, 0, data)) found.set(slot.offset, slot);
  }
  return [...found.values()].sort((a, b) => a.offset - b.offset);
}

function listSlots(record: IrRecord, base: number, data: StaticData | undefined): readonly Slot[] {
  return record.members.flatMap(({ reader, offset }) =>
    listReaderSlots(reader, base + offset, data),
  );
}

function listReaderSlots(
  reader: IrReader,
  offset: number,
  data: StaticData | undefined,
): readonly Slot[] {
  if (reader.kind === 'record') {
    const { record } = reader;
    return [{ offset, kind: 'record', more: record.size }, ...listSlots(record, offset, data)];
  }
  const more =
    reader.kind === 'collection' && data !== undefined ? storeElementSlots(reader, data) : 0;
  return [{ offset, kind: findSlotKind(reader), more }];
}

/** Stores the description of a collection's elements. */
export function storeElementSlots(
  { element, stride }: IrReader & { kind: 'collection' },
  data: StaticData,
): number {
  const slots = listReaderSlots(element, 0, data);
  const rows = slots.flatMap((slot) => [slot.offset, kinds[slot.kind], slot.more]);
  return data.words([stride, slots.length, ...rows]);
}

/** The number of the reader's kind in the library. */
export function encodeSlotKind(reader: IrReader): number {
  return kinds[findSlotKind(reader)];
}

function findSlotKind(reader: IrReader): Kind {
  if (reader.kind === 'record' || reader.kind === 'collection') return reader.kind;
  return reader.kind !== 'enum' && texts.has(reader.function) ? 'bytes' : 'word';
}

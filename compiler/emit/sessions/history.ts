// Emits the history of a session: the tables for sessions/tracks.ts and sessions/terms.ts of the assembly
// library, and the functions that match events against patterns.

import { type IrHistory, type IrTerm, type IrTrack, splitTracks } from '../../ir/history.ts';
import type { IrModule } from '../../ir/ir.ts';
import type { IrReader } from '../../ir/records.ts';
import { extendHash } from '../data/hash.ts';
import { type StaticData, splitWord } from '../data/static-data.ts';
import { comparisons, ExpressionEmitter } from '../expressions/expressions.ts';
import { encodeSlotKind, storeElementSlots } from './slots.ts';

export interface SessionHistory {
  readonly tracks: SlotRange;
  readonly terms: SlotRange;
  /** The address of a u64 for each track, which identifies it to modules of other policies. */
  readonly identities: number;
  /** The bytes of a session's state, and where its links are. */
  readonly bytes: number;
  readonly links: number;
  /** The bytes and the number of tracks of the events of all sessions. */
  readonly sharedBytes: number;
  readonly sharedCount: number;
  readonly hasCompoundKeys: boolean;
  /** Whether one of them is a counter, and where a session stores what its decision added. */
  readonly hasCounters: boolean;
  readonly own: number;
  /** Whether a track stores a sum, and whether the window of one is a calendar period. */
  readonly hasSums: boolean;
  readonly hasPeriods: boolean;
  readonly lines: readonly string[];
}

interface SlotRange {
  readonly address: number;
  readonly count: number;
}

const headerBytes = 24;
const trackWords = 16;
/** In place of the cell of a number: each event adds 1. */
const one = 1;
const termKinds = { count: 0, since: 1, last: 2, sum: 3 } as const;
/** The numbers of calendar periods in sessions/tracks.ts. */
const periods = { day: 0, week: 1, month: 2 } as const;

export function emitHistory(ir: IrModule, facts: number, data: StaticData): SessionHistory {
  const history: IrHistory = ir.history ?? {
    tracks: [],
    terms: [],
    effect: 0,
    time: 0,
    signals: [],
  };
  const { tracks, terms } = history;
  const { own, shared } = splitTracks(history);
  const rows = [
    ...locateTracks(own).map((place, index) =>
      encodeTrackRow(own[index] as IrTrack, place, facts, data),
    ),
    ...locateSharedTracks(shared).map((place, index) =>
      buildSharedTrackRow(shared[index] as IrTrack, index, place, facts, data),
    ),
  ];
  return {
    tracks: { address: data.words(rows.flat()), count: own.length },
    terms: {
      address: data.words(terms.flatMap((term) => encodeTermRow(term, facts))),
      count: terms.length,
    },
    identities: data.words(tracks.flatMap(hashIdentity)),
    bytes: countHistoryBytes(history),
    links: countHistoryBytes(history) - countOwnBytes(shared) - linkBytes(shared.length),
    own: countHistoryBytes(history) - countOwnBytes(shared),
    hasCompoundKeys: tracks.some((track) => classifyKey(track.key) === keyKinds.compound),
    hasCounters: shared.some(({ isCounter }) => isCounter),
    sharedBytes: shared.reduce(
      (all, track) => all + countHeadBytes(track) + countIndexBytes(track),
      0,
    ),
    sharedCount: shared.length,
    hasSums: tracks.some(({ added }) => added !== undefined),
    hasPeriods: tracks.some(({ window }) => window?.kind === 'period'),
    lines: [
      ...boundLines(terms, facts, data),
      ...tracks.flatMap((track, index) => matchLines(track, index, history, facts, data)),
      'export function noteDecision(state: usize, time: i64, order: u32): void {',
      ...own.flatMap(({ of }, index) => (of.kind === 'decision' ? noteLines(index, 'time') : [])),
      '}',
      'export function noteSharedDecision(time: i64, order: u32): void {',
      ...shared.flatMap(({ of }, index) =>
        of.kind === 'decision' ? noteSharedLines(own.length + index, 'time') : [],
      ),
      '}',
      'export function noteSignal(signal: i32, state: usize, time: i64, order: u32, latest: i64): void {',
      ...history.signals.flatMap((_, signal) => [
        `  if (signal == ${signal}) {`,
        ...tracks.flatMap(({ of, isShared }, index) =>
          of.kind === 'signal' && of.signal === signal
            ? (isShared ? noteSharedLines : noteLines)(index, 'latest')
            : [],
        ),
        '  }',
      ]),
      '}',
    ],
  };
}

/** The bytes of a session's state. */
export function countHistoryBytes(history: IrHistory | undefined): number {
  if (history === undefined) return 0;
  const { own, shared } = splitTracks(history);
  const tracks = own.reduce((all, track) => all + countTrackBytes(track), 0);
  return headerBytes + tracks + linkBytes(shared.length) + countOwnBytes(shared);
}

/** The maximum number of bytes that the events of all sessions take in a module, without the texts of keys. */
export function countSharedHistoryBytes(history: IrHistory): number {
  const { shared } = splitTracks(history);
  return shared.reduce(
    (all, track) =>
      all +
      countHeadBytes(track) +
      countIndexBytes(track) +
      (track.key?.limit ?? 0) * countPlaceBytes(track),
    0,
  );
}

/** Rounded up, so that what follows is aligned. */
function linkBytes(tracks: number): number {
  return tracks === 0 ? 0 : alignTo8(4 + tracks * 12);
}

/** The bytes of what the latest decision of a session added to counters. */
function countOwnBytes(shared: readonly IrTrack[]): number {
  return shared.some(({ isCounter }) => isCounter) ? 32 * shared.length : 0;
}

/** The number of buckets of an index: at least half the number of keys. */
function countBuckets({ key }: IrTrack): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, (key?.limit ?? 1) / 2)));
}

/** As in sessions/history/shared-places.ts. */
const placesOfChunk = 64;

/** The index, the first place and the first session of each bucket, and the addresses of chunks. */
function countIndexBytes(track: IrTrack): number {
  const chunks = Math.ceil((track.key?.limit ?? 1) / placesOfChunk);
  return alignTo8(32 + 8 * countBuckets(track) + 4 * chunks);
}

function alignTo8(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}

interface IndexedPlace {
  readonly place: number;
  readonly index: number;
}

/** The offsets of the state and of the index of each track of the events of all sessions. */
function locateSharedTracks(tracks: readonly IrTrack[]): readonly IndexedPlace[] {
  let place = 0;
  return tracks.map((track) => {
    const index = place + countHeadBytes(track);
    const found = { place, index };
    place = index + countIndexBytes(track);
    return found;
  });
}

/** The offset of the state of each track. */
function locateTracks(tracks: readonly IrTrack[]): readonly number[] {
  let at = headerBytes;
  return tracks.map((track) => {
    const place = at;
    at += countTrackBytes(track);
    return place;
  });
}

/** The bytes of a stamp, of a part of a sum, or of an event of a sum across sessions. */
function stampBytes({ isOrdered, isShared, added }: IrTrack): number {
  if (added !== undefined) return isShared ? 24 : 32;
  return isOrdered || isShared ? 16 : 8;
}

function countTrackBytes(track: IrTrack): number {
  const { key, added } = track;
  if (key !== undefined) return countHeadBytes(track) + key.limit * countPlaceBytes(track);
  return (added === undefined ? countHeldBytes(track) : 16) + listBytes(track);
}

/** The bytes of the events without a known key, and of the stamp of the last one that was dropped. */
function countHeadBytes(track: IrTrack): number {
  const version = track.isCounter ? 16 : 0;
  return stampBytes(track) * track.count + 16 + version;
}

/** The bytes of a place for a key. */
function countPlaceBytes(track: IrTrack): number {
  return 32 + countHeldBytes(track) + listBytes(track);
}

function countHeldBytes({ value }: IrTrack): number {
  return value === undefined ? 0 : 8;
}

function listBytes(track: IrTrack): number {
  const stamps = stampBytes(track) * track.count;
  return track.added === undefined ? 2 * stamps : stamps;
}

function encodeTrackRow(
  track: IrTrack,
  place: number,
  facts: number,
  data: StaticData,
): readonly number[] {
  const { key, window, value, count, added } = track;
  const row = [
    place,
    stampBytes(track),
    count,
    key?.limit ?? 0,
    locateKey(key, 'ofEvent', facts, data),
    classifyKey(key),
    ...splitWord(window?.kind === 'age' ? window.milliseconds : -1n),
    value === undefined ? 0 : facts + value.offset,
    ...(value === undefined
      ? [0, 0, 0]
      : [0, encodeSlotKind(value.reader), storeNestedSlots(value.reader, data)]),
    ...(window?.kind === 'period' ? [data.zone(window.zone), periods[window.unit]] : [0, 0]),
    added === undefined ? 0 : added === 'one' ? one : facts + added,
    locateKey(key, 'ofRequest', facts, data),
  ];
  if (row.length !== trackWords) throw new Error('broken invariant: a track of the wrong length');
  return row;
}

/** The values of `KeyKind` in sessions/tracks.ts. */
const keyKinds = { word: 0, bytes: 1, compound: 2 } as const;

function classifyKey(key: IrTrack['key']): number {
  const [first, ...others] = key?.parts ?? [];
  return first === undefined ? 0 : keyKinds[others.length === 0 ? first.holds : 'compound'];
}

/** The address of the cell of a key; of a compound key, that of the number of its parts, and of the cell and kind of each. */
function locateKey(
  key: IrTrack['key'],
  cell: 'ofEvent' | 'ofRequest',
  facts: number,
  data: StaticData,
): number {
  const [first, ...others] = key?.parts ?? [];
  if (first === undefined) return 0;
  if (others.length === 0) return facts + first[cell];
  const parts = [first, ...others];
  const rows = parts.flatMap((part) => [facts + part[cell], keyKinds[part.holds]]);
  return data.words([parts.length, ...rows]);
}

/** The index is described in place of a stored value, which such a track does not have. */
function buildSharedTrackRow(
  track: IrTrack,
  number: number,
  { place, index }: IndexedPlace,
  facts: number,
  data: StaticData,
): readonly number[] {
  return encodeTrackRow(track, place, facts, data).toSpliced(
    9,
    3,
    index,
    countBuckets(track),
    number,
  );
}

const encoder = new TextEncoder();

/**
 * A track that is stored with the order of events cannot serve one that is stored without it, a sum only serves sums,
 * what belongs to a period belongs to no other, and the events of all sessions are stored in other forms.
 */
function hashIdentity({
  identity,
  isOrdered,
  isShared,
  added,
  isCounter,
  window,
}: IrTrack): readonly number[] {
  const isSum = added !== undefined;
  const sharedForm = isCounter ? (added === 'one' ? 6n : 5n) : isSum ? 4n : 3n;
  const form = isShared ? sharedForm : isSum ? 2n : isOrdered ? 1n : 0n;
  const period = window?.kind === 'period' ? `\n${window.unit} ${window.zone.name}` : '';
  return splitWord(extendHash(form, encoder.encode(identity + period)));
}

function storeNestedSlots(reader: IrReader, data: StaticData): number {
  return reader.kind === 'collection' ? storeElementSlots(reader, data) : 0;
}

function encodeTermRow(term: IrTerm, facts: number): readonly number[] {
  const head = [termKinds[term.kind], facts + term.target, term.track];
  if (term.kind === 'count') {
    return [...head, comparisons[term.operator].op, ...splitWord(term.threshold)];
  }
  if (term.kind === 'sum') return [...head, comparisons[term.operator].op, 0, 0];
  return [...head, term.kind === 'since' ? term.start : 0, 0, 0];
}

/** `boundOf`: what the sum of a term is compared with, with its edge; false: it is unknown. */
function boundLines(terms: readonly IrTerm[], facts: number, data: StaticData): readonly string[] {
  const cases = terms.flatMap((term, index) => {
    if (term.kind !== 'sum') return [];
    const emitter = ExpressionEmitter.ofFacts(facts, data);
    const { known, value, edge } = emitter.emit(term.bound);
    return [
      `  if (term == ${index}) {`,
      ...emitter.lines,
      `  setBound(${value}, ${edge ?? 'NEVER'});`,
      `  return <bool>(${known});`,
      '  }',
    ];
  });
  return ['export function boundOf(term: i32): bool {', ...cases, '  return false;', '}'];
}

/** Whether the event in the cells matches the pattern: 0, 1 or 2. */
function matchLines(
  { of, condition }: IrTrack,
  at: number,
  { effect }: IrHistory,
  facts: number,
  data: StaticData,
): readonly string[] {
  const among = (ids: readonly number[] | undefined, name: string) =>
    ids === undefined ? [] : [`(${ids.map((id) => `${name} == ${id}`).join(' || ') || 'false'})`];
  const tests = [
    ...(of.kind === 'signal' || of.which === 'decided'
      ? []
      : [`(load<i64>(${facts + effect}) <= 1) == ${of.which === 'allowed'}`]),
    ...among(of.actions, 'actionSelector'),
    ...among(of.resources, 'resourceSelector'),
  ];
  const emitter = ExpressionEmitter.ofFacts(facts, data);
  const value = condition === undefined ? '2' : emitter.emit(condition).value;
  return [
    `function match${at}(): i32 {`,
    ...(tests.length === 0 ? [] : [`  if (!(${tests.join(' && ')})) return 0;`]),
    ...emitter.lines,
    `  return ${value};`,
    '}',
  ];
}

function noteSharedLines(at: number, latest: string): readonly string[] {
  return [
    `  { const match = match${at}(); if (match != 0) noteShared(TRACKS + ${at} * TRACK, match == 2, time, order, ${latest}); }`,
  ];
}

function noteLines(at: number, latest: string): readonly string[] {
  return [
    `  { const match = match${at}(); if (match != 0) noteEvent(TRACKS + ${at} * TRACK, state, match == 2, time, order, ${latest}); }`,
  ];
}

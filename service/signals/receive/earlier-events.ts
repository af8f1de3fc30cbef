// The stored events about the subjects of a session, for sessions that are opened after them.

import { takeTurns } from '../../pdp/turns.ts';
import type { SecurityEvent } from '../sets/security-event.ts';
import type { VerifiedSet } from '../sets/verify-set.ts';
import type { IndexedSet, ReceivedSets } from '../store/signal-store.ts';
import type { SessionKeys } from '../subjects/session-identifiers.ts';
import { hasSubjectKey } from '../subjects/subject-index.ts';
import { listEventKeys, readGroup, readType } from './stored-set.ts';
import { TokenReader } from './token-reader.ts';

/** The number of events that a session is changed by when it is opened: more would hold up others for too long. */
const maxEvents = 2_000;
/** The number of entries about a subject that are looked at. */
const maxEntries = 20_000;
/** The number of events that are looked at of those that replace each other, besides others of the same instant. */
const maxReplaced = 16;

/** The events that count of a group. */
interface Kept {
  readonly sequences: Set<number>;
  /** The newest time by what they say. */
  readonly types: Map<string, number>;
  oldest: number;
}

/** An event in the index. */
export type EventEntry = Pick<IndexedSet, 'type' | 'time'>;

export class EarlierEvents {
  readonly #store: ReceivedSets;
  readonly #reader: TokenReader;
  readonly #isReplaced: (type: string) => boolean;
  /** The keys of subjects about which something is stored. */
  readonly #known = new Set<string>();

  /** `isReplaced`: whether only the newest events of a type matter. */
  constructor(store: ReceivedSets, isReplaced: (type: string) => boolean) {
    this.#store = store;
    this.#reader = new TokenReader(store);
    this.#isReplaced = isReplaced;
  }

  /** Reads again which subjects have events. */
  async read(): Promise<void> {
    const keys = await this.#store.keys();
    this.#known.clear();
    for (const key of keys) this.#known.add(key);
  }

  /** A token is about to be stored. */
  note({ events }: VerifiedSet): void {
    for (const key of events.flatMap(listEventKeys)) this.#known.add(key);
  }

  /** Ends the turn: stored events may change from now on, so they are read again. */
  endReading(): void {
    this.#reader.endTurn();
  }

  /** Whether there may be events about a session with these keys. */
  isKnown(keys: SessionKeys): boolean {
    return keys.some((key, index) => index % 2 === 1 && this.#known.has(key));
  }

  /**
   * The events about a session with these keys, in the order of their arrival: each that says something else, and the newest
   * of those that say the same. `isCounted`: leaves out tokens by their sequences, before newer events replace older ones.
   * Rejects if there are more than a session can be changed by.
   */
  async about(
    keys: SessionKeys,
    isWanted: (entry: EventEntry) => boolean,
    isCounted?: (sequence: number) => boolean,
  ): Promise<readonly SecurityEvent[]> {
    return this.readTokens(keys, await this.sequences(keys, isWanted, isCounted), isWanted);
  }

  /** The sequences of the tokens that `about` reads, ascending. */
  async sequences(
    keys: SessionKeys,
    isWanted: (entry: EventEntry) => boolean,
    isCounted: (sequence: number) => boolean = () => true,
  ): Promise<readonly number[]> {
    const knownKeys = keys.filter((key, index) => index % 2 === 1 && this.#known.has(key));
    const entries = await this.#reader.about(knownKeys, maxEntries + 1);
    if (entries.length > maxEntries) throw createTooManyEventsError();
    const turn = takeTurns();
    const counted: IndexedSet[] = [];
    for (const entry of entries) {
      await turn();
      const { type, time, sequence } = entry;
      if (isCounted(sequence) && isWanted({ type: readType(type), time })) counted.push(entry);
    }
    return this.#withoutReplaced(counted);
  }

  /** The events of tokens about a session with these keys. Rejects if there are too many, as for `sequences: undefined`. */
  async readTokens(
    keys: SessionKeys,
    sequences: readonly number[] | undefined,
    isWanted: (entry: EventEntry) => boolean,
  ): Promise<readonly SecurityEvent[]> {
    if (sequences === undefined) throw createTooManyEventsError();
    const tokens: SecurityEvent[] = [];
    for await (const { event, subject } of this.#reader.read(sequences)) {
      // Events about others may have a key in common with the session.
      if (!isWanted(event) || !hasSubjectKey(keys, subject)) continue;
      tokens.push(event);
      if (tokens.length > maxEvents) throw createTooManyEventsError();
    }
    return tokens;
  }

  /** The sequences of the entries, ascending, without those of events that newer ones about the same subject replace. */
  async #withoutReplaced(entries: readonly IndexedSet[]): Promise<readonly number[]> {
    const turn = takeTurns();
    const kept = new Map<string, Kept>();
    const newest = [...entries].sort((one, other) => other.time - one.time);
    for (const { type, time, sequence } of newest) {
      await turn();
      const isReplaced = this.#isReplaced(readType(type));
      const group = isReplaced ? readGroup(type) : type;
      const of = kept.get(group) ?? { sequences: new Set(), types: new Map(), oldest: time };
      kept.set(group, of);
      // An older event that says the same changes nothing; each of those of one instant counts.
      if (isReplaced && (of.types.get(type) ?? time) > time) continue;
      if (isReplaced && of.types.size >= maxReplaced && time < of.oldest) continue;
      of.sequences.add(sequence);
      of.types.set(type, time);
      of.oldest = time;
    }
    const all = new Set([...kept.values()].flatMap(({ sequences }) => [...sequences]));
    return [...all].sort((one, other) => one - other);
  }
}

function createTooManyEventsError(): Error {
  return new Error(`more than ${maxEvents} events about the subject are remembered`);
}

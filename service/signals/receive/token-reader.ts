// Reads stored tokens, each once in a turn of the receiver: the sessions of one identity have events in common. Other requests run
// between the parts of what is read.

import { takeTurns } from '../../pdp/turns.ts';
import type { SecurityEvent } from '../sets/security-event.ts';
import type { IndexedSet, ReceivedSets, StoredSet } from '../store/signal-store.ts';
import { readSubject, type Subject } from '../subjects/subject.ts';
import { toVerifiedSet } from './stored-set.ts';

/** An event that has a subject. */
export interface ReadEvent {
  readonly event: SecurityEvent;
  readonly subject: Subject;
}

/** The number of tokens that are read at once. */
const maxAtOnce = 25;
/** The entries, and the length of the tokens, that are remembered during a turn. */
const maxEntries = 40_000;
const maxLength = 16 * 1_048_576;

export class TokenReader {
  readonly #store: ReceivedSets;
  readonly #entries = new Map<string, readonly IndexedSet[]>();
  readonly #events = new Map<number, readonly ReadEvent[]>();
  #entryCount = 0;
  #length = 0;

  constructor(store: ReceivedSets) {
    this.#store = store;
  }

  /** The turn has ended: what is stored may change. */
  endTurn(): void {
    this.#entries.clear();
    this.#events.clear();
    this.#entryCount = 0;
    this.#length = 0;
  }

  /** The tokens about subjects with these keys, at most `limit`. */
  async about(keys: readonly string[], limit: number): Promise<readonly IndexedSet[]> {
    const name = JSON.stringify([limit, keys]);
    const entry = this.#entries.get(name);
    if (entry !== undefined) return entry;
    const entries = await this.#store.about(keys, limit);
    this.#entryCount += entries.length;
    if (this.#entryCount <= maxEntries) this.#entries.set(name, entries);
    return entries;
  }

  /** The events of tokens, in the order of the tokens. */
  async *read(sequences: readonly number[]): AsyncGenerator<ReadEvent> {
    const turn = takeTurns();
    for (let start = 0; start < sequences.length; start += maxAtOnce) {
      await turn();
      yield* await this.#readPart(sequences.slice(start, start + maxAtOnce));
    }
  }

  async #readPart(sequences: readonly number[]): Promise<readonly ReadEvent[]> {
    const known = sequences.map((sequence) => this.#events.get(sequence));
    if (known.every((events) => events !== undefined)) return known.flat();
    const sets = await this.#store.read(sequences);
    const events = sets.map(listEvents);
    // Otherwise some were forgotten, and it is unknown which.
    if (sets.length === sequences.length) this.#remember(sequences, sets, events);
    return events.flat();
  }

  #remember(
    sequences: readonly number[],
    sets: readonly StoredSet[],
    events: readonly (readonly ReadEvent[])[],
  ): void {
    for (const { events: text } of sets) this.#length += text.length;
    if (this.#length > maxLength) return;
    for (const [at, sequence] of sequences.entries()) this.#events.set(sequence, events[at] ?? []);
  }
}

function listEvents(set: StoredSet): readonly ReadEvent[] {
  return toVerifiedSet(set).events.flatMap((event) =>
    event.subject === undefined ? [] : [{ event, subject: readSubject(event.subject) }],
  );
}

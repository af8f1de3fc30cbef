// The stored events about the subjects of a session, for sessions that are opened after them.

import type { SecurityEvent } from '../sets/security-event.ts';
import type { VerifiedSet } from '../sets/verify-set.ts';
import type { ReceivedSets } from '../store/signal-store.ts';
import type { SessionKeys } from '../subjects/session-identifiers.ts';
import { readSubject } from '../subjects/subject.ts';
import { isOf } from '../subjects/subject-index.ts';
import { keysOfEvent, setOf } from './stored-set.ts';

/** The maximum number of events of one type about a subject that change a session which is opened later. */
const maxEvents = 16;

export class EarlierEvents {
  readonly #store: ReceivedSets;
  /** The keys of subjects about which something is stored. */
  readonly #known = new Set<string>();

  constructor(store: ReceivedSets) {
    this.#store = store;
  }

  /** Reads again which subjects have events. */
  async read(): Promise<void> {
    const keys = await this.#store.keys();
    this.#known.clear();
    for (const key of keys) this.#known.add(key);
  }

  /** A token is about to be stored. */
  note({ events }: VerifiedSet): void {
    for (const key of events.flatMap(keysOfEvent)) this.#known.add(key);
  }

  /** Whether there may be events about a session with these keys. */
  isKnown(keys: SessionKeys): boolean {
    return keys.some((key, at) => at % 2 === 1 && this.#known.has(key));
  }

  /** The newest events about a session with these keys, in the order of their arrival. */
  async about(keys: SessionKeys): Promise<readonly SecurityEvent[]> {
    const wanted = keys.filter((key, at) => at % 2 === 1 && this.#known.has(key));
    const sets = await this.#store.about(wanted, maxEvents);
    return sets
      .flatMap((each) => setOf(each).events)
      .filter(({ subject }) => subject !== undefined && isOf(keys, readSubject(subject)));
  }
}

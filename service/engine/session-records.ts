// Stores of each session of an engine what its snapshot does not contain: when it was opened, and what events changed of
// its facts.

import type { SessionStore } from '@nhipol/runtime';
import type { Members } from '../json/members.ts';
import { StoredMap } from '../store/stored-map.ts';
import type { Facts } from './call.ts';
import { applied, changedBy, type FactChange, noChange } from './fact-changes.ts';

interface SessionRecord {
  /** Milliseconds since the epoch; undefined: the session was stored without it. */
  readonly openedAt: number | undefined;
  readonly change: FactChange;
}

export class SessionRecords {
  readonly #records = new StoredMap<SessionRecord>({
    toText: (id, { openedAt, change }) => JSON.stringify({ id, opened_at: openedAt, change }),
    fromText: (text) => {
      const { id, opened_at: openedAt, change } = JSON.parse(text);
      return [id, { openedAt, change }];
    },
  });

  /** Reads the records of a store, and writes changes to it when `saved` is called. */
  async persistTo(store: SessionStore): Promise<void> {
    await this.#records.persistTo(store);
  }

  opened(id: string, now: number): void {
    this.#records.set(id, { openedAt: now, change: noChange });
  }

  /** Milliseconds since the epoch; undefined: unknown. */
  openedAt(id: string): number | undefined {
    return this.#records.get(id)?.openedAt;
  }

  /** Changes facts of a session by a part of a request (RFC 7396), also those that it gets later. */
  change(id: string, part: Members): void {
    const { openedAt, change = noChange } = this.#records.get(id) ?? {};
    this.#records.set(id, { openedAt, change: changedBy(change, part) });
  }

  /** The facts as parts of a request, with what events changed. */
  request(id: string, facts: Facts): Members {
    const request = requestFacts(facts);
    const record = this.#records.get(id);
    return record === undefined ? request : (applied(record.change, request) as Members);
  }

  closed(id: string): void {
    this.#records.delete(id);
  }

  async saved(): Promise<void> {
    await this.#records.saved();
  }
}

/** The facts as parts of a request. */
export function requestFacts({ identity: { type, id, properties }, context }: Facts) {
  return { subject: { type, id, properties }, context };
}

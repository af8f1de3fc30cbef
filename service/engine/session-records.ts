// Stores of each session of an engine what its snapshot does not contain: when it was opened, and what events changed of
// its facts.

import type { SessionStore } from '@nhipol/runtime';
import type { Members } from '../json/members.ts';
import { addFormer, type FormerKeys } from '../store/former-keys.ts';
import { StoredMap } from '../store/stored-map.ts';
import type { CallerFacts } from './call.ts';
import { applyChange, type FactChange, mergeChange, noChange } from './fact-changes.ts';

interface SessionRecord {
  /** Milliseconds since the epoch, or `undefined` if the session was stored without it. */
  readonly openedAt: number | undefined;
  readonly change: FactChange;
  /** The keys that events found the session with before. */
  readonly former: readonly FormerKeys[];
}

export class SessionRecords {
  readonly #records = new StoredMap<SessionRecord>({
    toText: (id, { openedAt, change, former }) =>
      JSON.stringify({ id, opened_at: openedAt, change, ...(former.length > 0 ? { former } : {}) }),
    fromText: (text) => {
      const { id, opened_at: openedAt, change, former = [] } = JSON.parse(text);
      return [id, { openedAt, change, former }];
    },
  });

  /** Reads the records of a store, and writes changes to it when `flush` is called. */
  async attachStore(store: SessionStore): Promise<void> {
    await this.#records.attachStore(store);
  }

  addSession(id: string, now: number): void {
    this.#records.set(id, { openedAt: now, change: noChange, former: [] });
  }

  /** Milliseconds since the epoch, or `undefined` if it is unknown. */
  findOpening(id: string): number | undefined {
    return this.#records.get(id)?.openedAt;
  }

  /** Changes facts of a session by a part of a request (RFC 7396), also those that it gets later. */
  change(id: string, part: Members): void {
    const { openedAt, change = noChange, former = [] } = this.#records.get(id) ?? {};
    this.#records.set(id, { openedAt, change: mergeChange(change, part), former });
  }

  formerKeys(id: string): readonly FormerKeys[] {
    return this.#records.get(id)?.former ?? [];
  }

  /** Events find the session by other keys from now on. */
  noteFormer(id: string, keys: FormerKeys): void {
    const { openedAt, change = noChange, former = [] } = this.#records.get(id) ?? {};
    this.#records.set(id, { openedAt, change, former: addFormer(former, keys) });
  }

  /** The facts as parts of a request, with what events changed. */
  request(id: string, facts: CallerFacts): Members {
    const request = selectRequestFacts(facts);
    const record = this.#records.get(id);
    return record === undefined ? request : (applyChange(record.change, request) as Members);
  }

  removeSession(id: string): void {
    this.#records.delete(id);
  }

  async flush(): Promise<void> {
    await this.#records.flush();
  }
}

/** The facts as parts of a request. */
export function selectRequestFacts({ identity: { type, id, properties }, context }: CallerFacts) {
  return { subject: { type, id, properties }, context };
}

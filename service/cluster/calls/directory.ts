// The partition of each session by its id: those who name a session do not name its identity. An entry exists before its
// session, and until the session is closed; the entry of a revoked one stays.

import { ConditionError } from '../records/record-writer.ts';
import type { Records } from '../records/records.ts';

/** The number of entries that this node remembers. */
const maxKnown = 100_000;
const decoder = new TextDecoder();

export class Directory {
  readonly #records: Records;
  readonly #known = new Map<string, number>();

  constructor(records: Records) {
    this.#records = records;
  }

  /** Returns `undefined` if there is no such session. `isFresh`: ignores what this node remembers. */
  async find(id: string, isFresh = false): Promise<number | undefined> {
    const known = isFresh ? undefined : this.#known.get(id);
    if (known !== undefined) return known;
    this.#known.delete(id);
    const storedRecord = await this.#records.last(this.#records.names.session(id));
    if (storedRecord?.value === undefined) return undefined;
    const partition = readPartition(storedRecord.value);
    this.remember(id, partition);
    return partition;
  }

  remember(id: string, partition: number): void {
    if (this.#known.size >= maxKnown) {
      for (const oldest of this.#known.keys()) {
        this.#known.delete(oldest);
        break;
      }
    }
    this.#known.set(id, partition);
  }

  /** Enters a session. Returns whether it was there already, or `undefined` if it is in another partition. */
  async claim(id: string, partition: number): Promise<'new' | 'known' | undefined> {
    const subject = this.#records.names.session(id);
    const value = JSON.stringify(partition);
    for (let sequence = 0; ; ) {
      try {
        await this.#records.write({ subject, value }, { subject, sequence });
        return 'new';
      } catch (error) {
        if (!(error instanceof ConditionError)) throw error;
      }
      const storedRecord = await this.#records.last(subject);
      if (storedRecord?.value !== undefined) {
        return readPartition(storedRecord.value) === partition ? 'known' : undefined;
      }
      sequence = storedRecord?.sequence ?? 0;
    }
  }

  async remove(id: string): Promise<void> {
    this.#known.delete(id);
    const subject = this.#records.names.session(id);
    await this.#records.write({ subject, value: undefined }, undefined);
  }
}

function readPartition(value: Uint8Array): number {
  return Number(JSON.parse(decoder.decode(value)));
}

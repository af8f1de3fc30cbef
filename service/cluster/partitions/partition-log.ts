// The records of one partition, written by its owner: each write is conditional on the sequence of the previous one, so
// that none succeeds after another node has taken the lease. After a write that failed, or whose outcome is unknown, the
// log is closed: the node must take the lease again and read the records again.

import type { SessionStore } from '@nhipol/runtime';
import { isRecordKey } from '@nhipol/runtime/abi';
import type { WrittenRecord } from '../records/record-writer.ts';
import type { Records } from '../records/records.ts';

export interface Lease {
  /** `undefined` if its owner gave it up. */
  readonly node: string | undefined;
}

export interface TakenLease {
  readonly partition: number;
  readonly node: string;
  /** The sequence of the record that made the node the owner. */
  readonly lease: number;
}

const decoder = new TextDecoder();

export function readLease(value: Uint8Array | undefined): Lease {
  if (value === undefined) return { node: undefined };
  const { node } = JSON.parse(decoder.decode(value));
  return { node: typeof node === 'string' ? node : undefined };
}

/**
 * Takes the lease if the last record of the partition has this sequence. Rejects with a `ConditionError` if another one was
 * written. The condition has the same subject as those of an owner: JetStream compares writes that it has not stored yet only
 * if their conditions have the same subject, so that otherwise both could succeed.
 */
export async function takeLease(
  records: Records,
  partition: number,
  node: string,
  sequence: number,
): Promise<number> {
  const { names } = records;
  const record = { subject: names.lease(partition), value: JSON.stringify({ node }) };
  return records.write(record, { subject: names.partition(partition), sequence });
}

export class PartitionLog {
  readonly #records: Records;
  readonly #partition: number;
  readonly #node: string;
  readonly #epoch: number;
  readonly #onClosed: (why: unknown) => void;
  /** The sequence of the last write. */
  #last: number;
  #isOpen = true;
  #writing: Promise<unknown> = Promise.resolve();

  constructor(
    records: Records,
    { partition, node, lease }: TakenLease,
    onClosed: (why: unknown) => void,
  ) {
    this.#records = records;
    this.#partition = partition;
    this.#node = node;
    this.#epoch = lease;
    this.#last = lease;
    this.#onClosed = onClosed;
  }

  /** Renews the lease, and returns the sequence of its record. */
  renew(): Promise<number> {
    return this.#writeLease(this.#node);
  }

  /** Gives the lease up, and returns the sequence of its last record. */
  surrender(): Promise<number> {
    return this.#writeLease(undefined);
  }

  #writeLease(node: string | undefined): Promise<number> {
    const subject = this.#records.names.lease(this.#partition);
    return this.#append([{ subject, value: JSON.stringify({ node }) }]);
  }

  /**
   * Sessions as `SessionStore` describes them. More than 500 at once are written in several parts. The text of a session that
   * is longer than a message may be is removed: the next owner denies it, and the others of the partition go on. A record of
   * the history across sessions that is too long closes the log: removed, its key would have its budget again.
   */
  sessions(kind: string): SessionStore {
    const { names } = this.#records;
    /** The texts that were read, until the first write: the host writes all of it again. */
    let known: Map<string, string> | undefined;
    return {
      read: async () => {
        known = await this.#read(names.states(this.#partition, kind));
        return [...known.values()];
      },
      write: async (changed) => {
        const tooLong = new Set([...changed.keys()].filter((id) => this.#isLong(changed.get(id))));
        if ([...tooLong].some(isRecordKey)) {
          const error = new Error(
            'a record of the history across sessions is longer than a message',
          );
          this.close(error);
          throw error;
        }
        const records = [...changed].map(([id, value]) => ({
          subject: names.state(this.#partition, kind, id),
          value: tooLong.has(id) ? undefined : value,
        }));
        const isNew = ({ subject, value }: (typeof records)[number]) =>
          known === undefined || known.get(subject) !== value;
        await this.#append(records.filter(isNew));
        known = undefined;
      },
    };
  }

  #isLong(value: string | undefined): boolean {
    const most = this.#records.maxValueBytes;
    // A character has up to three bytes.
    if (value === undefined || value.length * 3 <= most) return false;
    return Buffer.byteLength(value) > most;
  }

  /** The texts by subject. The record of the lease is written first, so that it is the last one of the partition. */
  async #read(states: string): Promise<Map<string, string>> {
    const lease = this.#records.names.lease(this.#partition);
    const storedRecords = await this.#records.read([states, lease], await this.renew());
    const texts = new Map<string, string>();
    for (const { subject, value } of storedRecords) {
      if (value !== undefined && subject !== lease) texts.set(subject, decoder.decode(value));
    }
    return texts;
  }

  #append(records: readonly WrittenRecord[]): Promise<number> {
    const written = this.#writing.then(async () => {
      if (!this.#isOpen) throw new Error('this node no longer owns the partition');
      if (records.length === 0) return this.#last;
      const subject = this.#records.names.partition(this.#partition);
      try {
        const condition = { subject, sequence: this.#last };
        this.#last = await this.#records.writeAll(records, condition, this.#epoch);
        return this.#last;
      } catch (error) {
        this.close(error);
        throw error;
      }
    });
    this.#writing = written.catch(() => {});
    return written;
  }

  /** Nothing is written afterwards. */
  close(why: unknown): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClosed(why);
  }
}

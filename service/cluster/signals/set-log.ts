// The security event tokens of a cluster: records of its stream, each once by issuer and `jti`. Their sequences and those of
// leases are of one order, so that a new owner of a partition knows which tokens came before it. This node has an index of
// all tokens up to a sequence.

import { nameSet } from '../../signals/receive/stored-set.ts';
import type { StoredSet } from '../../signals/store/signal-store.ts';
import { ConditionError, DuplicateError } from '../records/record-writer.ts';
import type { Records, StoredRecord } from '../records/records.ts';
import { SetIndex } from './set-index.ts';

export interface AppendedSet {
  readonly sequence: number;
  readonly isNew: boolean;
}

/** The number of tokens whose text this node remembers. */
const maxRemembered = 10_000;
/** How often a record that another node is just writing is looked for, and the time in between in milliseconds. */
const [maxAttempts, pause] = [50, 20];
/** The number of tokens that are erased at once. */
const maxErasures = 100;
const decoder = new TextDecoder();

export class SetLog {
  readonly index = new SetIndex();
  readonly #records: Records;
  readonly #texts = new Map<number, StoredSet>();
  #known = 0;
  /** Records are read one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(records: Records) {
    this.#records = records;
  }

  /** All tokens up to this sequence are in the index. */
  get known(): number {
    return this.#known;
  }

  /** Resolves when JetStream has stored the tokens, of which it may have had some. */
  append(sets: readonly StoredSet[]): Promise<readonly AppendedSet[]> {
    return Promise.all(sets.map((storedSet) => this.#append(storedSet)));
  }

  async #append(set: StoredSet): Promise<AppendedSet> {
    const name = nameSet(set);
    const subject = this.#records.names.set(name);
    const record = { subject, value: JSON.stringify(set) };
    const condition = { subject, sequence: 0 };
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      // JetStream remembers an id longer than the record if the record was erased.
      const options = attempt === 0 ? { id: name } : {};
      try {
        return { sequence: await this.#records.write(record, condition, options), isNew: true };
      } catch (error) {
        if (!(error instanceof ConditionError) && !(error instanceof DuplicateError)) throw error;
      }
      const storedRecord = await this.#records.last(subject);
      if (storedRecord !== undefined) return { sequence: storedRecord.sequence, isNew: false };
      if (attempt > 0) await new Promise((resolve) => setTimeout(resolve, pause));
    }
    throw new Error('another node is writing the same token');
  }

  /** Reads the tokens up to one that is stored. */
  awaitSequence(sequence: number): Promise<void> {
    return this.#inTurn(async () => {
      while (this.#known < sequence) {
        const storedRecord = await this.#records.next(this.#records.names.sets, this.#known + 1);
        if (storedRecord === undefined) throw new Error('the events of the cluster cannot be read');
        this.#add(storedRecord);
        this.#known = storedRecord.sequence;
      }
    });
  }

  /** Reads all tokens before a record with the subject `marker` that was written before, and has the sequence `until`. */
  readMarker(marker: string, until: number): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#known >= until) return;
      const filters = [this.#records.names.sets, marker];
      const storedRecords = await this.#records.read(filters, until, this.#known + 1);
      let known = until;
      for (const storedRecord of storedRecords) {
        if (storedRecord.subject === marker) continue;
        this.#add(storedRecord);
        known = Math.max(known, storedRecord.sequence);
      }
      this.#known = known;
    });
  }

  #add({ sequence, value }: StoredRecord): void {
    if (value === undefined) return;
    const set: StoredSet = JSON.parse(decoder.decode(value));
    this.index.add(sequence, set);
    this.#remember(sequence, set);
  }

  #remember(sequence: number, set: StoredSet): void {
    this.#texts.set(sequence, set);
    if (this.#texts.size <= maxRemembered) return;
    for (const oldest of this.#texts.keys()) {
      this.#texts.delete(oldest);
      break;
    }
  }

  /** The tokens with these sequences, except for those that were erased. */
  async read(sequences: readonly number[]): Promise<readonly StoredSet[]> {
    const sets = await Promise.all(sequences.map((sequence) => this.#read(sequence)));
    return sets.filter((storedSet) => storedSet !== undefined);
  }

  async #read(sequence: number): Promise<StoredSet | undefined> {
    const text = this.#texts.get(sequence);
    if (text !== undefined) return text;
    const record = await this.#records.at(sequence);
    if (record?.value === undefined) return undefined;
    const set: StoredSet = JSON.parse(decoder.decode(record.value));
    this.#remember(sequence, set);
    return set;
  }

  async erase(sequences: readonly number[]): Promise<void> {
    for (let start = 0; start < sequences.length; start += maxErasures) {
      const part = sequences.slice(start, start + maxErasures);
      await Promise.all(part.map((each) => this.#records.erase(each)));
      for (const each of part) {
        this.index.delete(each);
        this.#texts.delete(each);
      }
    }
  }

  #inTurn(run: () => Promise<void>): Promise<void> {
    const result = this.#turn.then(run);
    this.#turn = result.catch(() => {});
    return result;
  }
}

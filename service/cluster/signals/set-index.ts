// Which security event tokens a cluster has, in memory: their sequences by name, by subject and by age. All nodes have the
// same one, because all read the same records in the same order.

import { nameSet } from '../../signals/receive/stored-set.ts';
import {
  type IndexedEvent,
  type IndexedSet,
  maxOfType,
  type SetId,
  type StoredSet,
} from '../../signals/store/signal-store.ts';

interface Entry {
  readonly name: string;
  readonly receivedAt: number;
  readonly index: readonly IndexedEvent[];
}

export class SetIndex {
  readonly #entries = new Map<number, Entry>();
  /** Ascending; those that were removed may still be there. */
  #sequences: number[] = [];
  readonly #byName = new Map<string, number>();
  /** Keys are the key and the type; the newest is first. */
  readonly #byKey = new Map<string, Map<string, IndexedSet[]>>();

  /** Adds a token with a sequence that is greater than all others. */
  add(sequence: number, { issuer, jti, receivedAt, index }: StoredSet): void {
    const name = nameSet({ issuer, jti });
    const before = this.#byName.get(name);
    if (before !== undefined) this.delete(before);
    this.#entries.set(sequence, { name, receivedAt, index });
    this.#sequences.push(sequence);
    this.#byName.set(name, sequence);
    for (const { key, type, time } of index) {
      const byType = this.#byKey.get(key) ?? new Map<string, IndexedSet[]>();
      const places = [...(byType.get(type) ?? []), { type, time, sequence }];
      places.sort((one, other) => other.time - one.time || other.sequence - one.sequence);
      byType.set(type, places.slice(0, maxOfType));
      this.#byKey.set(key, byType);
    }
  }

  has(sequence: number): boolean {
    return this.#entries.has(sequence);
  }

  findSequence(id: SetId): number | undefined {
    return this.#byName.get(nameSet(id));
  }

  /** The sequences after one, ascending. */
  after(sequence: number): readonly number[] {
    let [low, high] = [0, this.#sequences.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#sequences[middle] as number) <= sequence) low = middle + 1;
      else high = middle;
    }
    return this.#sequences.slice(low).filter((each) => this.has(each));
  }

  /** The newest of each type about subjects, as `ReceivedSets` describes them. */
  about(keys: readonly string[], limit: number): readonly IndexedSet[] {
    const indexedSets: IndexedSet[] = [];
    for (const key of keys) {
      for (const places of this.#byKey.get(key)?.values() ?? []) {
        indexedSets.push(...places.slice(0, limit - indexedSets.length));
      }
    }
    return indexedSets;
  }

  keys(): readonly string[] {
    return [...this.#byKey.keys()];
  }

  /** The sequences of tokens that were received before an instant. */
  listOlder(before: number): readonly number[] {
    return [...this.#entries].flatMap(([sequence, { receivedAt }]) =>
      receivedAt < before ? [sequence] : [],
    );
  }

  delete(sequence: number): void {
    const entry = this.#entries.get(sequence);
    if (entry === undefined) return;
    this.#entries.delete(sequence);
    if (this.#byName.get(entry.name) === sequence) this.#byName.delete(entry.name);
    for (const { key, type } of entry.index) {
      const byType = this.#byKey.get(key);
      const places =
        byType?.get(type)?.filter((indexedSet) => indexedSet.sequence !== sequence) ?? [];
      if (places.length > 0) byType?.set(type, places);
      else byType?.delete(type);
      if (byType?.size === 0) this.#byKey.delete(key);
    }
    if (this.#sequences.length > 2 * this.#entries.size + 1_000) {
      this.#sequences = this.#sequences.filter((each) => this.has(each));
    }
  }
}

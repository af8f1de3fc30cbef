// Values by the ids of sessions that are stored with them: read once, and written when `flush` is called.

import type { SessionStore } from '@nhipol/runtime';

export interface ValueFormat<Value> {
  readonly toText: (id: string, value: Value) => string;
  readonly fromText: (text: string) => readonly [id: string, value: Value];
}

export class StoredMap<Value> {
  readonly #format: ValueFormat<Value>;
  readonly #values = new Map<string, Value>();
  readonly #changed = new Set<string>();
  #store: SessionStore | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(format: ValueFormat<Value>) {
    this.#format = format;
  }

  /** Reads the values of a store, and writes changes to it when `flush` is called. */
  async attachStore(store: SessionStore): Promise<void> {
    for (const text of await store.read()) this.#values.set(...this.#format.fromText(text));
    this.#store = store;
  }

  get(id: string): Value | undefined {
    return this.#values.get(id);
  }

  set(id: string, value: Value): void {
    this.#values.set(id, value);
    this.#changed.add(id);
  }

  delete(id: string): void {
    if (this.#values.delete(id)) this.#changed.add(id);
  }

  /** Resolves when all changes until now are stored; they are kept for the next attempt if they cannot be. */
  flush(): Promise<void> {
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    if (this.#changed.size === 0) return;
    const ids = [...this.#changed];
    this.#changed.clear();
    try {
      await this.#store?.write(new Map(ids.map((id) => [id, this.#printEntry(id)])));
    } catch (error) {
      for (const id of ids) this.#changed.add(id);
      throw error;
    }
  }

  #printEntry(id: string): string | undefined {
    const value = this.#values.get(id);
    return value === undefined ? undefined : this.#format.toText(id, value);
  }
}

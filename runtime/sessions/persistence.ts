// Sessions on their way to a store: ids of those that changed come in, their texts go out in batches, one batch
// after the other. What could not be written is tried again with the next.

import type { SessionError } from './session-error.ts';
import type { SessionStore } from './session-store.ts';
import type { RestoredSession } from './session-text.ts';

export interface KeepOptions {
  /** For how many milliseconds changes are gathered before they are written; 0 unless told. */
  readonly delay?: number;
  /** Told of what could not be written. Without it the rejection is nobody's, which ends most processes. */
  readonly onError?: (error: unknown) => void;
}

/** Of an id; undefined: the store need not have one. */
type TextOf = (id: string) => string | undefined;

export class Keeping {
  /** Sessions that were in the store and are open again. */
  readonly restored: readonly RestoredSession[];
  /** Why others are not. They stay in the store until a session of that id is written. */
  readonly refused: readonly SessionError[];
  readonly #store: SessionStore;
  readonly #textOf: TextOf;
  readonly #options: KeepOptions;
  readonly #changed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isStopped = false;
  readonly #skipped = new Set<string>();
  /** The texts of sessions that are no more, once they were left. */
  #last: Map<string, string | undefined> | undefined;

  constructor(
    { restored, refused }: Pick<Keeping, 'restored' | 'refused'>,
    store: SessionStore,
    textOf: TextOf,
    options: KeepOptions,
  ) {
    this.restored = restored;
    this.refused = refused;
    this.#store = store;
    this.#textOf = textOf;
    this.#options = options;
  }

  note(id: string): void {
    if (this.#isStopped) return;
    this.#changed.add(id);
    this.#timer ??= setTimeout(() => {
      const { onError } = this.#options;
      const written = this.saved();
      if (onError !== undefined) written.catch(onError);
    }, this.#options.delay ?? 0);
  }

  /** All that changed until now is written. Rejects with the reason why it is not. */
  saved(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    if (this.#changed.size === 0) return;
    const [texts, failed] = this.#textsNow();
    this.#changed.clear();
    for (const id of failed.keys()) this.#changed.add(id);
    try {
      if (texts.size > 0) await this.#store.write(texts);
    } catch (error) {
      // What changed meanwhile is newer.
      for (const id of texts.keys()) this.#changed.add(id);
      throw error;
    }
    const [error] = failed.values();
    if (error !== undefined) throw error;
  }

  /** One that has no text now leaves the others their own. */
  #textsNow(): readonly [texts: Map<string, string | undefined>, failed: Map<string, unknown>] {
    const texts = new Map<string, string | undefined>();
    const failed = new Map<string, unknown>();
    for (const id of this.#changed) {
      if (this.#skipped.has(id)) continue;
      try {
        texts.set(id, this.#last?.get(id) ?? this.#textOf(id));
      } catch (error) {
        failed.set(id, error);
      }
    }
    return [texts, failed];
  }

  /** These sessions are about to be closed, but not for the store, which gets what they are now. */
  leave(ids: Iterable<string>): void {
    this.#last = new Map();
    for (const id of ids) {
      try {
        this.#last.set(id, this.#textOf(id));
      } catch {
        // The store keeps what it has of it.
        this.#changed.delete(id);
        this.#skipped.add(id);
      }
    }
    const written = this.stop();
    const { onError } = this.#options;
    if (onError !== undefined) written.catch(onError);
  }

  /** Writes what is left, and closes the store. What changes from now on is not written. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.saved();
    await this.#store.close?.();
  }
}

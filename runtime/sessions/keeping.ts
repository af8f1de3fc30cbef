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

/** Of a session; undefined: it is closed. */
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
    const texts = new Map([...this.#changed].map((id) => [id, this.#textOf(id)]));
    this.#changed.clear();
    try {
      await this.#store.write(texts);
    } catch (error) {
      for (const id of texts.keys()) this.#changed.add(id);
      throw error;
    }
  }

  /** Writes what is left. What changes from now on is not written. */
  stop(): Promise<void> {
    this.#isStopped = true;
    return this.saved();
  }
}

// Persists sessions: takes ids of those that changed and writes their snapshots to a store in batches, one after
// the other. What could not be written is retried with the next batch.

import type { SessionError } from '../session-error.ts';
import type { SessionStore } from './session-store.ts';
import type { RestoredSession } from './session-text.ts';

export interface PersistOptions {
  /** For how many milliseconds changes are collected before they are written; default: 0. */
  readonly delay?: number;
  /** Receives write errors. Without it they are unhandled rejections, which end most processes. */
  readonly onError?: (error: unknown) => void;
}

/** The text of an id, or `undefined` if the store need not have one. */
type TextOf = (id: string) => string | undefined;

type SessionTexts = readonly [
  texts: ReadonlyMap<string, string | undefined>,
  failed: ReadonlyMap<string, unknown>,
];

export class Persistence {
  /** Sessions in the store that were restored. */
  readonly restored: readonly RestoredSession[];
  /** Why others were not. They stay in the store until a session of that id is written. */
  readonly refused: readonly SessionError[];
  readonly #store: SessionStore;
  readonly #textOf: TextOf;
  readonly #options: PersistOptions;
  readonly #changed = new Set<string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isStopped = false;
  readonly #skipped = new Set<string>();
  /** The texts of sessions that were closed by `leave`, except for the store. */
  #last: Map<string, string | undefined> | undefined;

  constructor(
    { restored, refused }: Pick<Persistence, 'restored' | 'refused'>,
    store: SessionStore,
    textOf: TextOf,
    options: PersistOptions,
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
      const written = this.flush();
      if (onError !== undefined) written.catch(onError);
    }, this.#options.delay ?? 0);
  }

  /** Resolves when all changes until now are written. Rejects with the reason why they are not. */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#writing = this.#writing.catch(() => {}).then(() => this.#write());
    return this.#writing;
  }

  /**
   * Writes all changes until now before it returns. Throws if they cannot be written, or if the store can write only later; then
   * they are retried with the next batch.
   */
  saveNow(): void {
    if (this.#changed.size === 0) return;
    const { writeNow } = this.#store;
    if (writeNow === undefined) throw new Error('the store has no `writeNow`');
    const [texts, failed] = this.#take();
    try {
      if (texts.size > 0) writeNow(texts);
    } catch (error) {
      this.#retry(texts);
      throw error;
    }
    throwFirst(failed);
  }

  async #write(): Promise<void> {
    if (this.#changed.size === 0) return;
    const [texts, failed] = this.#take();
    try {
      if (texts.size > 0) await this.#store.write(texts);
    } catch (error) {
      this.#retry(texts);
      throw error;
    }
    throwFirst(failed);
  }

  /** Texts that were not written are written with the next batch, as they are then: changes made meanwhile are newer. */
  #retry(texts: ReadonlyMap<string, string | undefined>): void {
    for (const id of texts.keys()) this.#changed.add(id);
  }

  /** Takes the texts of the sessions that changed. Those whose text failed stay changed. */
  #take(): SessionTexts {
    const [texts, failed] = this.#textsNow();
    this.#changed.clear();
    for (const id of failed.keys()) this.#changed.add(id);
    return [texts, failed];
  }

  /** A session whose text fails does not affect the others. */
  #textsNow(): SessionTexts {
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

  /** Prepares for the end: these sessions are about to be closed, but the store gets them as they are now. */
  leave(ids: Iterable<string>): void {
    this.#last = new Map();
    for (const id of ids) {
      try {
        this.#last.set(id, this.#textOf(id));
      } catch {
        // The store keeps its text of the session.
        this.#changed.delete(id);
        this.#skipped.add(id);
      }
    }
    const written = this.stop();
    const { onError } = this.#options;
    if (onError !== undefined) written.catch(onError);
  }

  /** Writes what is left, and closes the store. Later changes are not written. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.flush();
    await this.#store.close?.();
  }
}

function throwFirst(failed: ReadonlyMap<string, unknown>): void {
  const [error] = failed.values();
  if (error !== undefined) throw error;
}

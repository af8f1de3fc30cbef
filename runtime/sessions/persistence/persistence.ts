// Persists sessions: takes ids of those that changed and writes their snapshots to a store in batches, one after
// the other. What could not be written is retried with the next batch.

import { makeRecordKey, makeSessionKey } from '../../contract/index.ts';
import type { HistoryRecord } from '../history-engine.ts';
import type { SessionError } from '../session-error.ts';
import type { SessionStore } from './session-store.ts';
import type { RestoredSession } from './session-text.ts';

export interface PersistOptions {
  /** For how many milliseconds changes are collected before they are written; default: 0. */
  readonly delay?: number;
  /** Receives write errors. Without it they are unhandled rejections, which end most processes. */
  readonly onError?: (error: unknown) => void;
}

/** The current contents of a store. */
export interface PersistedSessions {
  /** The text of a session, or `undefined` if the store need not have one. */
  readonly getText: (id: string) => string | undefined;
  /** The records of the history across sessions that changed since the last call. */
  readonly takeRecords: () => readonly HistoryRecord[];
}

/** `texts`: by the keys of the store. `failed`: why sessions have no text, by their ids. */
interface Batch {
  readonly ids: readonly string[];
  readonly texts: ReadonlyMap<string, string | undefined>;
  readonly failed: ReadonlyMap<string, unknown>;
}

type PersistenceResult = Pick<Persistence, 'restored' | 'refused' | 'refusedRecords'>;

export class Persistence {
  /** Sessions in the store that were restored. */
  readonly restored: readonly RestoredSession[];
  /** Why others were not. They stay in the store until a session of that id is written. */
  readonly refused: readonly SessionError[];
  /**
   * The number of records of terms across sessions that cannot be read, or for which there was no room. If there are any,
   * nothing is known of these terms until their windows have passed, which restricts.
   */
  readonly refusedRecords: number;
  readonly #store: SessionStore;
  readonly #persisted: PersistedSessions;
  readonly #options: PersistOptions;
  readonly #changed = new Set<string>();
  /** The records that are to be written, by their keys. */
  readonly #records = new Map<string, string | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isStopped = false;
  readonly #skipped = new Set<string>();
  /** The texts of sessions that were closed by `leave`, except for the store. */
  #last: Map<string, string | undefined> | undefined;

  constructor(
    { restored, refused, refusedRecords }: PersistenceResult,
    store: SessionStore,
    persisted: PersistedSessions,
    options: PersistOptions,
  ) {
    this.restored = restored;
    this.refused = refused;
    this.refusedRecords = refusedRecords;
    this.#store = store;
    this.#persisted = persisted;
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
    if (!this.#hasChanges()) return;
    if (this.#store.writeNow === undefined) throw new Error('the store has no `writeNow`');
    const batch = this.#take();
    try {
      if (batch.texts.size > 0) this.#store.writeNow(batch.texts);
    } catch (error) {
      this.#retry(batch);
      throw error;
    }
    throwFirst(batch.failed);
  }

  async #write(): Promise<void> {
    if (!this.#hasChanges()) return;
    const batch = this.#take();
    try {
      if (batch.texts.size > 0) await this.#store.write(batch.texts);
    } catch (error) {
      this.#retry(batch);
      throw error;
    }
    throwFirst(batch.failed);
  }

  #hasChanges(): boolean {
    this.collectRecords();
    return this.#changed.size > 0 || this.#records.size > 0;
  }

  /** Takes the records that changed until now, to be written with the next batch. */
  collectRecords(): void {
    for (const { id, text } of this.#persisted.takeRecords()) {
      this.#records.set(makeRecordKey(id), text);
    }
  }

  /** Removes records from the store with the next batch. */
  removeRecords(ids: readonly string[]): void {
    for (const id of ids) this.#records.set(makeRecordKey(id), undefined);
  }

  /**
   * The rest is written with the next batch: sessions as they are then, because changes made meanwhile are newer, and
   * records unless they have changed since.
   */
  #retry({ ids, texts }: Batch): void {
    for (const id of ids) this.#changed.add(id);
    const sessions = new Set(ids.map(makeSessionKey));
    for (const [key, text] of texts) {
      if (!sessions.has(key) && !this.#records.has(key)) this.#records.set(key, text);
    }
  }

  /** Takes the texts of what changed. Sessions whose text failed stay changed. */
  #take(): Batch {
    const texts = new Map(this.#records);
    const failed = new Map<string, unknown>();
    const ids: string[] = [];
    for (const id of this.#changed) {
      if (this.#skipped.has(id)) continue;
      // A session whose text fails does not affect the others.
      try {
        texts.set(makeSessionKey(id), this.#last?.get(id) ?? this.#persisted.getText(id));
        ids.push(id);
      } catch (error) {
        failed.set(id, error);
      }
    }
    this.#records.clear();
    this.#changed.clear();
    for (const id of failed.keys()) this.#changed.add(id);
    return { ids, texts, failed };
  }

  /** Prepares for the end: these sessions are about to be closed, but the store gets them as they are now. */
  leave(ids: Iterable<string>): void {
    this.#last = new Map();
    try {
      this.collectRecords();
    } catch {
      // The store keeps the records that it has: those of decisions whose answers were sent are among them.
    }
    for (const id of ids) {
      try {
        this.#last.set(id, this.#persisted.getText(id));
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

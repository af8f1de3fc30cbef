// Which tokens the sessions of a partition were changed by: all up to a sequence, but for some; and by what the sessions were
// identified then.

import type { SessionStore } from '@nhipol/runtime';
import type { SetLog } from './set-log.ts';

const id = 'progress';

export class Progress {
  readonly #log: SetLog;
  readonly #store: SessionStore;
  #through = 0;
  readonly #except = new Set<number>();
  #identifiedBy: string | undefined;

  /** `store`: has one text, which only the owner of the partition can write. */
  static async read(log: SetLog, store: SessionStore): Promise<Progress> {
    const progress = new Progress(log, store);
    const [text] = await store.read();
    if (text === undefined) return progress;
    const { through, except, identifiedBy } = JSON.parse(text);
    progress.#identifiedBy = identifiedBy;
    progress.#through = through;
    for (const each of except) progress.#except.add(each);
    return progress;
  }

  private constructor(log: SetLog, store: SessionStore) {
    this.#log = log;
    this.#store = store;
  }

  has(sequence: number): boolean {
    return sequence <= this.#through && !this.#except.has(sequence);
  }

  /** The tokens that are not done, as far as the log is known, ascending. */
  open(): readonly number[] {
    const earlier = [...this.#except].sort((one, other) => one - other);
    return [...earlier, ...this.#log.index.after(this.#through)];
  }

  /** Resolves when it is durable that these are done. */
  async finish(sequences: readonly number[]): Promise<void> {
    const added = sequences.filter((sequence) => !this.has(sequence));
    if (added.length === 0) return;
    for (const each of this.#log.index.after(this.#through)) this.#except.add(each);
    this.#through = Math.max(this.#through, this.#log.known);
    for (const each of added) this.#except.delete(each);
    for (const each of this.#except) if (!this.#log.index.has(each)) this.#except.delete(each);
    await this.#write();
  }

  /** The mapping that identifies the sessions, as JSON, or `undefined` if nothing was stored. */
  get identifiedBy(): string | undefined {
    return this.#identifiedBy;
  }

  /** Resolves when it is durable what the sessions are identified by. */
  async identify(by: string): Promise<void> {
    this.#identifiedBy = by;
    await this.#write();
  }

  async #write(): Promise<void> {
    const [through, identifiedBy] = [this.#through, this.#identifiedBy];
    const text = JSON.stringify({ through, except: [...this.#except], identifiedBy });
    await this.#store.write(new Map([[id, text]]));
  }
}

// Runs changes of a database that are requested in one turn of the event loop in one transaction, so that one write to the
// disk serves all of them. If it fails, none of them happened, and all their callers learn of it.

import type { StateFile } from '../../store/state-file.ts';

interface Waiting {
  readonly run: () => unknown;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

export class GroupCommit {
  readonly #commit: (waiting: readonly Waiting[]) => unknown;
  #waiting: Waiting[] = [];
  #scheduled: ReturnType<typeof setImmediate> | undefined;

  constructor(state: StateFile) {
    this.#commit = state.transaction((waiting: readonly Waiting[]) =>
      waiting.map(({ run }) => run()),
    );
  }

  /** Resolves with what `run` returned, when it is durable. */
  run<Result>(run: () => Result): Promise<Result> {
    this.#scheduled ??= setImmediate(() => this.flush());
    return new Promise<Result>((resolve, reject) => {
      this.#waiting.push({ run, resolve: resolve as (value: unknown) => void, reject });
    });
  }

  /** Commits what waits now. */
  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (waiting.length === 0) return;
    try {
      const results = this.#commit(waiting) as readonly unknown[];
      for (const [at, { resolve }] of waiting.entries()) resolve(results[at]);
    } catch (error) {
      for (const { reject } of waiting) reject(error);
    }
  }
}

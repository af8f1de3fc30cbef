// A simulated clock that advances only when it is run, so that the program is deterministic and does not wait.
// A real service does not need one: by default, sessions use the clock of the host.

import type { Clock } from '@nhipol/runtime';

export class StoryClock implements Clock {
  #now: number;
  readonly #waiting = new Set<{ readonly instant: number; readonly call: () => void }>();

  constructor(start: string) {
    this.#now = Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  at(instant: number, call: () => void): () => void {
    const entry = { instant, call };
    this.#waiting.add(entry);
    return () => this.#waiting.delete(entry);
  }

  /** Resolves after a number of milliseconds. Rejects as soon as the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.at(this.#now + milliseconds, resolve);
      const stop = () => {
        cancel();
        reject(signal.reason);
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** Advances from call to call until none is waiting. */
  async run(): Promise<void> {
    for (;;) {
      // Lets the code that was called run until it waits again.
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = [...this.#waiting].sort((a, b) => a.instant - b.instant);
      if (next === undefined) return;
      this.#waiting.delete(next);
      this.#now = Math.max(this.#now, next.instant);
      next.call();
    }
  }
}

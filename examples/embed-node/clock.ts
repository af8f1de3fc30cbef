// A clock that stands still until it is run, so that the program does the same each time and waits for nothing.
// A service leaves it out: sessions then go by the host's own.

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

  /** Resolves after so many milliseconds; rejects as soon as the signal is aborted. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const callOff = this.at(this.#now + milliseconds, resolve);
      const stop = () => {
        callOff();
        reject(signal.reason);
      };
      signal.addEventListener('abort', stop, { once: true });
    });
  }

  /** Goes from call to call until nobody waits. */
  async run(): Promise<void> {
    for (;;) {
      // What was called may go on for a while before it waits again.
      await new Promise((resolve) => setImmediate(resolve));
      const [next] = [...this.#waiting].sort((a, b) => a.instant - b.instant);
      if (next === undefined) return;
      this.#waiting.delete(next);
      this.#now = Math.max(this.#now, next.instant);
      next.call();
    }
  }
}

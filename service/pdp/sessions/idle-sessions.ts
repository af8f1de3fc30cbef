// Closes sessions that had no request for a while.

import type { Clock } from '@nhipol/runtime';

export interface IdleSessionsOptions {
  readonly clock: Clock;
  /** In milliseconds. */
  readonly sessionIdle: number;
  readonly close: (id: string) => void;
}

/** How often idle sessions are looked for, in milliseconds. */
const interval = 30_000;

export class IdleSessions {
  readonly #options: IdleSessionsOptions;
  /** When each session had its latest request. */
  readonly #used = new Map<string, number>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(options: IdleSessionsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#closeIdle(), interval);
    this.#timer.unref();
  }

  note(id: string): void {
    this.#used.set(id, this.#options.clock.now());
  }

  forget(id: string): void {
    this.#used.delete(id);
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #closeIdle(): void {
    const { clock, sessionIdle, close } = this.#options;
    const limit = clock.now() - sessionIdle;
    for (const [id, used] of this.#used) if (used <= limit) close(id);
  }
}

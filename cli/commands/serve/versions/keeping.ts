// Keeps the version in use for the next start. It is written later if it cannot be written now, so that a disk that was
// full for a moment does not bring an earlier version back.

import type { KeptVersion } from './kept-policy.ts';
import type { ModuleSource } from './policy-source.ts';

/** How long until the next attempt, in milliseconds. */
const pause = 1_000;

export class Keeping {
  readonly #source: Pick<ModuleSource, 'keep'>;
  readonly #warn: (warning: string) => void;
  readonly #current: () => KeptVersion;
  #retry: ReturnType<typeof setTimeout> | undefined;

  /** `current` returns the version in use. */
  constructor(
    source: Pick<ModuleSource, 'keep'>,
    warn: (warning: string) => void,
    current: () => KeptVersion,
  ) {
    [this.#source, this.#warn, this.#current] = [source, warn, current];
  }

  /** Keeps a version that is about to be used. Throws an `Error` if it cannot be written. */
  keep(version: KeptVersion): void {
    this.#source.keep(version);
  }

  /** Keeps the version in use, now or as soon as that is possible. */
  keepCurrent(): void {
    const hasFailed = this.#retry !== undefined;
    clearTimeout(this.#retry);
    this.#retry = undefined;
    try {
      this.keep(this.#current());
      if (hasFailed) this.#warn('the policy is kept for the next start again');
    } catch (error) {
      if (!hasFailed) {
        this.#warn(`the policy is not kept for the next start: ${(error as Error).message}`);
      }
      this.#retry = setTimeout(() => this.keepCurrent(), pause).unref();
    }
  }

  end(): void {
    clearTimeout(this.#retry);
  }
}

// A single timer for the earliest of many instants.

import type { Clock } from './clock.ts';

export class Timer {
  readonly #clock: Clock;
  readonly #call: () => void;
  #at = Number.POSITIVE_INFINITY;
  #callOff: (() => void) | undefined;
  #isEnded = false;

  constructor(clock: Clock, call: () => void) {
    this.#clock = clock;
    this.#call = call;
  }

  /** Calls at the instant or before. */
  by(instant: number): void {
    if (this.#isEnded || instant >= this.#at) return;
    this.#callOff?.();
    this.#at = instant;
    this.#callOff = this.#clock.at(instant, () => {
      this.#callOff = undefined;
      this.#at = Number.POSITIVE_INFINITY;
      this.#call();
    });
  }

  end(): void {
    this.#isEnded = true;
    this.#callOff?.();
    this.#callOff = undefined;
  }
}

// A clock for tests.

import type { Clock } from '@nhipol/runtime';

/** A clock that only `to` advances, which calls the timers that are due on the way. */
export class ManualClock implements Clock {
  #now = 1_000_000;
  readonly #alarms = new Set<{ readonly at: number; readonly call: () => void }>();

  readonly now = () => this.#now;

  readonly at = (instant: number, call: () => void) => {
    const alarm = { at: instant, call };
    this.#alarms.add(alarm);
    return () => {
      this.#alarms.delete(alarm);
    };
  };

  to(instant: number): void {
    for (;;) {
      const due = [...this.#alarms].filter(({ at }) => at <= instant).sort((a, b) => a.at - b.at);
      const [first] = due;
      if (first === undefined) break;
      this.#now = Math.max(this.#now, first.at);
      this.#alarms.delete(first);
      first.call();
    }
    this.#now = Math.max(this.#now, instant);
  }
}

// Who learned what, and when: lines in the order in which they happened, with the time since the leak was reported.

import { setTimeout as delay } from 'node:timers/promises';

export interface Happening {
  /** Milliseconds since the report, or `undefined` for a time before it. */
  readonly at: number | undefined;
  readonly who: string;
  readonly what: string;
}

/** How long something may take to happen on a busy machine, in milliseconds. */
const patience = 60_000;
const pollInterval = 5;

export class Timeline {
  readonly #happenings: Happening[] = [];
  #reportedAt: number | undefined;

  note(who: string, what: string): void {
    const at = this.#reportedAt === undefined ? undefined : performance.now() - this.#reportedAt;
    this.#happenings.push({ at, who, what });
  }

  /** The leak is reported now. */
  begin(): void {
    this.#reportedAt = performance.now();
  }

  /** Resolves when somebody has learned something. Rejects if that takes too long. */
  async until(who: string, pattern: RegExp): Promise<void> {
    const end = performance.now() + patience;
    const isThere = () =>
      this.#happenings.some((each) => each.who === who && pattern.test(each.what));
    while (!isThere()) {
      if (performance.now() > end) throw new Error(`${who} did not learn in time: ${pattern}`);
      await delay(pollInterval);
    }
  }

  toString(): string {
    const width = Math.max(...this.#happenings.map(({ who }) => who.length));
    const lines = this.#happenings.map(({ at, who, what }) => {
      const time = at === undefined ? 'before' : `${Math.round(at)} ms`;
      return `${time.padStart(8)}  ${who.padEnd(width)}  ${what}`;
    });
    return lines.join('\n');
  }
}

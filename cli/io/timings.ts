// How long each stage of a command takes, for `--timings`. What runs within another stage counts for
// itself alone, and what is no stage counts for none.

export class Timings {
  readonly #clock: () => number;
  readonly #spent = new Map<string, number>();
  #stage: string | undefined;
  #since = 0;

  /** `start`: how long it took until something could be measured. Times are in milliseconds. */
  constructor(start?: number, clock: () => number = () => performance.now()) {
    this.#clock = clock;
    if (start !== undefined) this.#spent.set('start', start);
  }

  /** A stage that has a promise ends when that is settled. */
  readonly measure = <T>(stage: string, run: () => T): T => {
    const outer = this.#enter(stage);
    const end = () => {
      this.#enter(outer);
    };
    let ended: T;
    try {
      ended = run();
    } catch (thrown) {
      end();
      throw thrown;
    }
    if (ended instanceof Promise) return ended.finally(end) as T;
    end();
    return ended;
  };

  /** A line a stage, in the order in which they began; the next ones count from nothing. */
  take(): string {
    const spent = [...this.#spent];
    this.#spent.clear();
    const total = spent.reduce((sum, [, time]) => sum + time, 0);
    return [...spent, ['total', total] as const]
      .map(([stage, time]) => `${stage.padEnd(8)} ${time.toFixed(0).padStart(7)} ms\n`)
      .join('');
  }

  /** Gives the stage that was left. */
  #enter(stage: string | undefined): string | undefined {
    const now = this.#clock();
    const left = this.#stage;
    if (left !== undefined) this.#spent.set(left, (this.#spent.get(left) ?? 0) + now - this.#since);
    if (stage !== undefined && !this.#spent.has(stage)) this.#spent.set(stage, 0);
    [this.#stage, this.#since] = [stage, now];
    return left;
  }
}

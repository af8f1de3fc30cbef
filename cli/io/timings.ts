// Measures the stages of a command for `--timings`. A nested stage does not count for its outer stage, and time outside
// of stages does not count.

export class Timings {
  readonly #clock: () => number;
  readonly #spent = new Map<string, number>();
  #stage: string | undefined;
  #since = 0;

  /** `start`: the time before the measurement, in milliseconds, as are all times. */
  constructor(start?: number, clock: () => number = () => performance.now()) {
    this.#clock = clock;
    if (start !== undefined) this.#spent.set('start', start);
  }

  /** Runs a stage. A stage that returns a promise ends when the promise settles. */
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

  /** Returns a line for each stage, in the order of their start, and resets the measurement. */
  take(): string {
    const spent = [...this.#spent];
    this.#spent.clear();
    const total = spent.reduce((sum, [, time]) => sum + time, 0);
    return [...spent, ['total', total] as const]
      .map(([stage, time]) => `${stage.padEnd(8)} ${time.toFixed(0).padStart(7)} ms\n`)
      .join('');
  }

  /** Enters a stage and returns the previous one. */
  #enter(stage: string | undefined): string | undefined {
    const now = this.#clock();
    const previous = this.#stage;
    if (previous !== undefined)
      this.#spent.set(previous, (this.#spent.get(previous) ?? 0) + now - this.#since);
    if (stage !== undefined && !this.#spent.has(stage)) this.#spent.set(stage, 0);
    [this.#stage, this.#since] = [stage, now];
    return previous;
  }
}

// The effort for the patterns of a policy: steps of automata, which are counted, not timed, so that the
// result of a check is the same on every machine.

/** The limit for all patterns of a policy together: some seconds; one pattern may take a tenth of a second. */
export const effortLimit = 100_000_000;

export class Effort {
  #spent = 0;

  get spent(): number {
    return this.#spent;
  }

  spend(work: number): void {
    this.#spent += work;
  }
}

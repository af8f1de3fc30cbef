// The work that patterns take while a policy is checked: steps of automata, counted and not timed, so
// that the same policy is accepted on every machine.

/** Of all patterns of a policy together: seconds, where one pattern may take a tenth of one. */
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

// Unit propagation: assigns what clauses imply, until all watches are up to date or a clause is violated.

import type { SearchAssignment } from './assignment.ts';
import { type ClauseRef, type Clauses, noClause } from './clauses.ts';
import type { Lit } from './literals.ts';

export class Propagation {
  readonly #assignment: SearchAssignment;
  readonly #clauses: Clauses;
  /** The place in the trail up to which clauses were visited. */
  #head = 0;
  /** The number of clauses that were visited so far. */
  visits = 0;

  constructor(assignment: SearchAssignment, clauses: Clauses) {
    this.#assignment = assignment;
    this.#clauses = clauses;
  }

  /** Notes that the trail was cut. */
  backtrack(end: number): void {
    if (this.#head > end) this.#head = end;
  }

  /** Returns a clause whose literals are all false; `noClause` if there is none. */
  run(): ClauseRef {
    const { trail } = this.#assignment;
    while (this.#head < trail.length) {
      const falsified = (trail[this.#head] as Lit) ^ 1;
      this.#head += 1;
      const conflict = this.#visit(falsified);
      if (conflict !== noClause) return conflict;
    }
    return noClause;
  }

  /** Visits the clauses that watch a literal that is false now. */
  #visit(falsified: Lit): ClauseRef {
    const { values } = this.#assignment;
    const { data } = this.#clauses;
    const watching = this.#clauses.watching(falsified);
    const { length } = watching;
    this.visits += 1 + length / 2;
    let kept = 0;
    let i = 0;
    let conflict = noClause;
    while (i < length && conflict === noClause) {
      const other = watching[i] as Lit;
      const tagged = watching[i + 1] as number;
      i += 2;
      let first = other;
      if ((values[other] as number) <= 0 && tagged > 0) {
        const start = this.#clauses.start(tagged);
        if (data[start] === falsified) {
          data[start] = data[start + 1] as Lit;
          data[start + 1] = falsified;
        }
        first = data[start] as Lit;
        if ((values[first] as number) <= 0 && this.#clauses.moveWatch(tagged, values)) continue;
      }
      watching[kept] = first;
      watching[kept + 1] = tagged;
      kept += 2;
      const value = values[first] as number;
      if (value > 0) continue;
      if (value < 0) conflict = Math.abs(tagged);
      else this.#assignment.assign(first, Math.abs(tagged));
    }
    if (kept < i) {
      while (i < length) {
        watching[kept] = watching[i] as number;
        kept += 1;
        i += 1;
      }
      watching.length = kept;
    }
    return conflict;
  }
}

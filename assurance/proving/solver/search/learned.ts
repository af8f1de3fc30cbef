// The learned clauses: those of few levels are kept, as they are used most (Audemard and Simon, 2009), and those that
// depend on the nodes of one query only until its end.

import type { SearchAssignment } from './assignment.ts';
import type { ClauseRef, Clauses } from './clauses.ts';
import type { Derivation, StepId } from './derivation.ts';
import type { Lit } from './literals.ts';

interface Learned {
  readonly ref: ClauseRef;
  readonly step: StepId;
  /** The number of levels of its literals when it was learned. */
  readonly levels: number;
}

export class LearnedClauses {
  readonly #clauses: Clauses;
  readonly #assignment: SearchAssignment;
  readonly #derivation: Derivation;
  #all: Learned[] = [];
  #limit = 4_000;

  constructor(clauses: Clauses, assignment: SearchAssignment, derivation: Derivation) {
    this.#clauses = clauses;
    this.#assignment = assignment;
    this.#derivation = derivation;
  }

  /** Adds a clause before the search leaves its level. */
  add(lits: readonly Lit[], step: StepId): ClauseRef {
    const { levels } = this.#assignment;
    const own = new Set(lits.map((lit) => levels[lit >> 1]));
    const ref = this.#clauses.add(lits, step);
    this.#all.push({ ref, step, levels: own.size });
    return ref;
  }

  /** Removes half of the clauses if there are many. */
  reduce(): void {
    if (this.#all.length < this.#limit) return;
    this.#limit *= 1.1;
    const { reasons } = this.#assignment;
    const { data } = this.#clauses;
    const isReason = (ref: ClauseRef) =>
      [0, 1].some((i) => reasons[(data[this.#clauses.start(ref) + i] as Lit) >> 1] === ref);
    const candidates = this.#all.filter(({ ref, levels }) => levels > 2 && !isReason(ref));
    candidates.sort((a, b) => b.levels - a.levels || a.step - b.step);
    const worst = candidates.slice(0, candidates.length >> 1);
    this.#remove(new Set(worst.map(({ ref }) => ref)));
  }

  /** Removes the clauses of one query, and `others`, after all assignments that they are reasons of. */
  removeLocal(others: readonly ClauseRef[]): void {
    const local = this.#all.filter(({ step }) => this.#derivation.isLocal(step));
    this.#remove(new Set([...local.map(({ ref }) => ref), ...others]));
  }

  #remove(refs: ReadonlySet<ClauseRef>): void {
    if (refs.size === 0) return;
    this.#clauses.remove(refs);
    this.#all = this.#all.filter(({ ref }) => !refs.has(ref));
  }
}

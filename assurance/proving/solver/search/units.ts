// The literals that are true without assumptions: required and learned ones, and those that follow from them at level 0,
// each with the step that derives it.

import type { SearchAssignment } from './assignment.ts';
import type { ClauseRef, Clauses } from './clauses.ts';
import type { Conflicts } from './conflicts.ts';
import type { Derivation, DerivationSource, StepId } from './derivation.ts';
import { type Lit, toLiteral } from './literals.ts';

interface Unit {
  readonly lit: Lit;
  /** The learned clause; `noClause` if the literal is required. */
  readonly ref: ClauseRef;
}

export class Units {
  readonly #assignment: SearchAssignment;
  readonly #clauses: Clauses;
  readonly #conflicts: Conflicts;
  readonly #derivation: Derivation;
  readonly #isShared: (node: number) => boolean;
  readonly #units: Unit[] = [];
  /** The units before this one are assigned. */
  #next = 0;
  /** The place in the trail up to which steps are noted. */
  #noted = 0;
  /** The first place in the trail that depends on the nodes of one query. */
  #local: number | undefined;

  constructor(
    assignment: SearchAssignment,
    clauses: Clauses,
    conflicts: Conflicts,
    derivation: Derivation,
    isShared: (node: number) => boolean,
  ) {
    this.#assignment = assignment;
    this.#clauses = clauses;
    this.#conflicts = conflicts;
    this.#derivation = derivation;
    this.#isShared = isShared;
  }

  add(lit: Lit, ref: ClauseRef): void {
    this.#units.push({ lit, ref });
  }

  /** Assigns all units at level 0. Returns what a contradiction follows from, or `undefined` if there is none. */
  assign(): DerivationSource | undefined {
    for (; this.#next < this.#units.length; this.#next += 1) {
      const { lit, ref } = this.#units[this.#next] as Unit;
      const value = this.#assignment.values[lit] as number;
      if (value === 0) this.#assignment.assign(lit, ref);
      if (value < 0) {
        const steps = [this.#clauses.origin(ref), this.#conflicts.unitStep(lit >> 1)];
        return { steps: steps.filter((step) => step > 0), isLocal: false };
      }
    }
    return undefined;
  }

  /** Notes the steps of what was assigned at level 0. */
  note(): void {
    const { trail, level } = this.#assignment;
    const end = level === 0 ? trail.length : this.#assignment.findStart(1);
    for (; this.#noted < end; this.#noted += 1) {
      const lit = trail[this.#noted] as Lit;
      const node = lit >> 1;
      const step = this.#findStep(lit);
      this.#conflicts.noteUnit(node, step);
      if (step === 0 || !this.#derivation.isLocal(step)) continue;
      // The value of a node of one query that follows from its own definition can be kept.
      const isDefined = this.#clauses.origin(this.#assignment.reasons[node] as ClauseRef) < 0;
      if (!isDefined || this.#isShared(node)) this.#local ??= this.#noted;
    }
  }

  #findStep(lit: Lit): StepId {
    const reason = this.#assignment.reasons[lit >> 1] as ClauseRef;
    const isLearned = this.#clauses.origin(reason) > 0;
    if (isLearned && this.#clauses.end(reason) === this.#clauses.start(reason) + 1)
      return this.#clauses.origin(reason);
    const source = this.#conflicts.sourceOfUnit(lit >> 1);
    if (source.steps.length === 0 && !source.isLocal) return 0;
    return this.#derivation.add({ kind: 'clause', literals: [toLiteral(lit)] }, source);
  }

  /** Removes what depends on the nodes of one query. Returns the literals that have no value now. */
  removeLocal(): readonly Lit[] {
    if (this.#local === undefined) return [];
    const removed = this.#assignment.truncate(this.#local);
    this.#noted = this.#local;
    this.#local = undefined;
    this.#next = 0;
    return removed;
  }
}

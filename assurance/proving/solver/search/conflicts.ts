// The analysis of conflicts: the clause of the first unique implication point (Marques-Silva and Sakallah, 1999), and
// the steps from which it, or a contradiction with the assumptions, follows.

import type { SearchAssignment } from './assignment.ts';
import { type ClauseRef, type Clauses, noClause } from './clauses.ts';
import type { DerivationSource, StepId } from './derivation.ts';
import type { Lit } from './literals.ts';

export interface Learned {
  /** The first literal becomes true after backtracking to the level of the second one. */
  readonly lits: readonly Lit[];
  readonly source: DerivationSource;
}

export class Conflicts {
  readonly #assignment: SearchAssignment;
  readonly #clauses: Clauses;
  readonly #isShared: (node: number) => boolean;
  /** For each node with a value at level 0, the step that derived it; 0 if none was needed. */
  #units = new Int32Array(0);
  #seen = new Uint8Array(0);
  #steps = new Set<StepId>();
  #isLocal = false;

  /** `isShared`: whether all proofs are about a node. */
  constructor(assignment: SearchAssignment, clauses: Clauses, isShared: (node: number) => boolean) {
    this.#assignment = assignment;
    this.#clauses = clauses;
    this.#isShared = isShared;
  }

  /** Makes room for nodes below `count`. */
  grow(count: number): void {
    if (count <= this.#seen.length) return;
    const units = this.#units;
    this.#units = new Int32Array(2 * count);
    this.#units.set(units);
    this.#seen = new Uint8Array(2 * count);
  }

  /** The step that derived the value of a node at level 0; 0: none. */
  unitStep(node: number): StepId {
    return this.#units[node] as StepId;
  }

  noteUnit(node: number, step: StepId): void {
    this.#units[node] = step;
  }

  /** The source of the value of a node at level 0, by its reason. */
  sourceOfUnit(node: number): DerivationSource {
    this.#start();
    const reason = this.#assignment.reasons[node] as ClauseRef;
    this.#use(reason);
    this.#eachLit(reason, (lit) => {
      if (lit >> 1 !== node) this.#useUnit(lit >> 1);
    });
    return this.#source();
  }

  /** The source of a contradiction whose literals are all at the levels 0 and 1. */
  sourceOfContradiction(conflict: ClauseRef | { readonly assumption: Lit }): DerivationSource {
    this.#start();
    const { levels, reasons } = this.#assignment;
    const marked: number[] = [];
    const mark = (lit: Lit) => {
      const node = lit >> 1;
      if (this.#seen[node] === 1) return;
      this.#seen[node] = 1;
      marked.push(node);
    };
    if (typeof conflict === 'object') mark(conflict.assumption);
    else {
      this.#use(conflict);
      this.#eachLit(conflict, mark);
    }
    for (let i = 0; i < marked.length; i += 1) {
      const node = marked[i] as number;
      const reason = reasons[node] as ClauseRef;
      if (levels[node] === 0) this.#useUnit(node);
      else {
        this.#use(reason);
        this.#eachLit(reason, mark);
      }
    }
    for (const node of marked) this.#seen[node] = 0;
    return this.#source();
  }

  /** Analyzes a conflict at the present level, which is above 1. `bump` is called for each node that is part of it. */
  learn(conflict: ClauseRef, bump: (node: number) => void): Learned {
    this.#start();
    const { levels, reasons, trail, level } = this.#assignment;
    const learned: Lit[] = [];
    let open = 0;
    let at = trail.length - 1;
    let clause = conflict;
    let resolved: Lit = -1;
    do {
      this.#use(clause);
      this.#eachLit(clause, (lit) => {
        const node = lit >> 1;
        if (lit === resolved || this.#seen[node] === 1) return;
        if (levels[node] === 0) {
          this.#useUnit(node);
          return;
        }
        this.#seen[node] = 1;
        bump(node);
        if (levels[node] === level) open += 1;
        else learned.push(lit);
      });
      while (this.#seen[(trail[at] as Lit) >> 1] === 0) at -= 1;
      resolved = trail[at] as Lit;
      at -= 1;
      this.#seen[resolved >> 1] = 0;
      open -= 1;
      clause = reasons[resolved >> 1] as ClauseRef;
    } while (open > 0);
    const kept = learned.filter((lit) => !this.#isImplied(lit));
    for (const lit of learned) this.#seen[lit >> 1] = 0;
    let highest = 0;
    for (const [index, lit] of kept.entries())
      if (this.#findLevel(lit) > this.#findLevel(kept[highest] as Lit)) highest = index;
    const [second] = kept.splice(highest, 1);
    const lits = [resolved ^ 1, ...(second === undefined ? [] : [second]), ...kept];
    return { lits, source: this.#source() };
  }

  /** Whether the other literals of a learned clause imply this one, which can be left out. */
  #isImplied(lit: Lit): boolean {
    const reason = this.#assignment.reasons[lit >> 1] as ClauseRef;
    if (reason === noClause) return false;
    const { data } = this.#clauses;
    const end = this.#clauses.end(reason);
    for (let i = this.#clauses.start(reason); i < end; i += 1) {
      const other = data[i] as Lit;
      const isSettled = this.#seen[other >> 1] === 1 || this.#findLevel(other) === 0;
      if (other >> 1 !== lit >> 1 && !isSettled) return false;
    }
    this.#use(reason);
    this.#eachLit(reason, (other) => {
      if (this.#findLevel(other) === 0) this.#useUnit(other >> 1);
    });
    return true;
  }

  #findLevel(lit: Lit): number {
    return this.#assignment.levels[lit >> 1] as number;
  }

  #eachLit(ref: ClauseRef, visit: (lit: Lit) => void): void {
    const { data } = this.#clauses;
    const end = this.#clauses.end(ref);
    for (let i = this.#clauses.start(ref); i < end; i += 1) visit(data[i] as Lit);
  }

  // --- what was used -----------------------------------------------------------------------------

  #start(): void {
    this.#steps = new Set();
    this.#isLocal = false;
  }

  #use(ref: ClauseRef): void {
    const origin = this.#clauses.origin(ref);
    if (origin > 0) this.#steps.add(origin);
    else if (origin < 0 && !this.#isShared(-origin)) this.#isLocal = true;
  }

  #useUnit(node: number): void {
    const step = this.#units[node] as StepId;
    if (step > 0) this.#steps.add(step);
  }

  #source(): DerivationSource {
    return { steps: [...this.#steps], isLocal: this.#isLocal };
  }
}

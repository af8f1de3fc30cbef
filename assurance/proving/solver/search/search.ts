// The search for an assignment: conflict-driven clause learning with watched literals, activities, saved phases and
// restarts (Een and Sorensson, 2003), over Boolean variables and inequalities of integers. What is learned holds for
// all later searches; what depends on the nodes of one query is removed after it.

import type { Certificate, Step } from '../../certificate/certificate.ts';
import type { Inequality } from '../../formula/linear.ts';
import { type NumberConflict, Numbers } from '../numbers/numbers.ts';
import { SearchAssignment } from './assignment.ts';
import { Branching } from './branching.ts';
import { type ClauseRef, Clauses, noClause } from './clauses.ts';
import { Conflicts } from './conflicts.ts';
import { Derivation, type DerivationSource } from './derivation.ts';
import { LearnedClauses } from './learned.ts';
import { type Lit, toLiteral } from './literals.ts';
import { computeLuby } from './luby.ts';
import { Orders } from './orders.ts';
import { Propagation } from './propagation.ts';
import { Units } from './units.ts';

export interface Query {
  readonly assumptions: readonly Lit[];
  /** The nodes that need a value, and whether a node is one of them. */
  readonly nodes: readonly number[];
  readonly isRelevant: (node: number) => boolean;
  /** The maximum number of conflicts, and of steps. */
  readonly effort: number;
  readonly maxSteps: number;
}

export type SearchOutcome =
  | { readonly kind: 'satisfiable' | 'undecided' }
  | { readonly kind: 'unsatisfiable'; readonly certificate: Certificate };

export class Search {
  readonly assignment = new SearchAssignment();
  readonly #numbers = new Numbers(this.assignment);
  readonly branching = new Branching();
  readonly #clauses = new Clauses();
  readonly #propagation = new Propagation(this.assignment, this.#clauses);
  readonly #derivation = new Derivation();
  readonly #learned = new LearnedClauses(this.#clauses, this.assignment, this.#derivation);
  readonly #isShared: (node: number) => boolean;
  readonly #conflicts: Conflicts;
  readonly #units: Units;
  readonly #orders: Orders;
  /** The clauses that order nodes of one query. */
  #localOrder: ClauseRef[] = [];
  #count = 0;

  /** `isShared`: whether all proofs are about a node, so that what follows from its definition can be kept. */
  constructor(isShared: (node: number) => boolean) {
    const { assignment } = this;
    this.#isShared = isShared;
    this.#orders = new Orders(isShared);
    this.#conflicts = new Conflicts(assignment, this.#clauses, isShared);
    this.#units = new Units(assignment, this.#clauses, this.#conflicts, this.#derivation, isShared);
  }

  /**
   * The number of conflicts of all searches so far; pivots, and assignments that are excluded without a proof, are effort
   * as well.
   */
  get conflicts(): number {
    return this.#count + Math.floor(this.#numbers.pivots / pivotsPerConflict);
  }

  /** The number of clauses that were visited, and of inequalities that were read, in all searches so far. */
  get steps(): number {
    return this.#propagation.visits + this.#numbers.steps;
  }

  /** Makes room for nodes below `count`. */
  grow(count: number): void {
    this.assignment.grow(count);
    this.branching.grow(count);
    this.#conflicts.grow(count);
    this.#clauses.grow(2 * count);
  }

  /** Adds a clause of the definition of a node, between searches. */
  define(node: number, lits: Lit[]): void {
    this.#add(lits, -node);
  }

  /** Adds the inequality that a node stands for, between searches. */
  compare(node: number, inequality: Inequality): void {
    this.#numbers.add(node, inequality);
    this.#orders.add(node, inequality);
  }

  /** Returns the present values of the integer variables. */
  values(): (variable: number) => bigint {
    return this.#numbers.values();
  }

  #add(lits: Lit[], origin: number): ClauseRef {
    const { values } = this.assignment;
    // Literals that are not false come first, so that they are watched.
    lits.sort((a, b) => Number(values[a] === -1) - Number(values[b] === -1));
    const ref = this.#clauses.add(lits, origin);
    const [first, second] = lits as [Lit, Lit | undefined];
    if (second !== undefined && values[second] !== -1) return ref;
    if (values[first] === 0) this.assignment.assign(first, ref);
    else if (values[first] === -1) this.#propagation.backtrack(0);
    return ref;
  }

  /** Adds the clauses that follow from the order of inequalities. */
  #order(nodes: readonly number[]): void {
    for (const { lits, isLocal } of this.#orders.order(nodes)) {
      const clause = [lits[0] ^ 1, lits[1]];
      const step = { kind: 'sum', literals: clause.map(toLiteral), factors: [1n, 1n] } as const;
      const ref = this.#add(clause, this.#derivation.add(step, { steps: [], isLocal }));
      if (isLocal) this.#localOrder.push(ref);
    }
  }

  /** Adds a clause that is valid, with the step that says why, between searches. */
  state(lits: Lit[], step: Step): void {
    const id = this.#derivation.add(step, { steps: [], isLocal: false });
    const [only, second] = lits;
    if (only !== undefined && second === undefined)
      this.#units.add(only, this.#clauses.store(lits, id));
    else this.#add(lits, id);
  }

  /** Makes a literal true in all searches. */
  require(lit: Lit): void {
    this.#units.add(lit, noClause);
  }

  /** Searches for an assignment, which remains until `finish`. */
  run({ assumptions, nodes, isRelevant, effort, maxSteps }: Query): SearchOutcome {
    for (const node of nodes) this.branching.insert(node);
    this.#order(nodes);
    const limit = this.conflicts + effort;
    const end = this.steps + maxSteps;
    let restarts = 0;
    let budget = restartUnit;
    for (;;) {
      if (this.steps > end) return { kind: 'undecided' };
      let conflict = this.#propagate();
      if (conflict === noClause) {
        if (this.assignment.level === 0) {
          const source = this.#assume(assumptions);
          if (source !== undefined) return this.#contradiction(source);
          continue;
        }
        if (budget <= 0) {
          restarts += 1;
          budget = restartUnit * computeLuby(restarts);
          this.#backtrack(1);
          this.#learned.reduce();
        }
        if (this.#decide(isRelevant)) continue;
        const excluded = this.#numbers.complete(nodes);
        if (excluded === undefined) return { kind: 'satisfiable' };
        // A region that is excluded without a proof leads to no proof, and seldom to a model.
        if (excluded.factors === undefined) this.#count += conflictsPerExclusion;
        conflict = this.#lemma(excluded);
      }
      this.#count += 1;
      budget -= 1;
      const level = this.#findLevel(conflict);
      if (level <= 1) {
        this.#units.note();
        return this.#contradiction(this.#conflicts.sourceOfContradiction(conflict));
      }
      this.#backtrack(level);
      this.#learn(conflict);
      if (this.conflicts >= limit) return { kind: 'undecided' };
    }
  }

  /** Prepares for the next search: removes the assignment, and what depends on the nodes of this query. */
  finish(): void {
    this.#backtrack(0);
    this.#learned.removeLocal(this.#localOrder);
    this.#localOrder = [];
    const removed = this.#units.removeLocal();
    this.#release(removed);
    // Removed literals can also follow from those that remain.
    if (removed.length > 0) this.#propagation.backtrack(0);
  }

  // --- assignments -------------------------------------------------------------------------------

  /** Propagates clauses, then differences; returns a clause whose literals are all false. */
  #propagate(): ClauseRef {
    const conflict = this.#propagation.run();
    if (conflict !== noClause) return conflict;
    const excluded = this.#numbers.propagate();
    return excluded === undefined ? noClause : this.#lemma(excluded);
  }

  /**
   * Assigns the units and then, at level 1, the assumptions. Returns what a contradiction follows from, or `undefined` if
   * there is none.
   */
  #assume(assumptions: readonly Lit[]): DerivationSource | undefined {
    this.#units.note();
    const { assignment } = this;
    const before = assignment.trail.length;
    const contradiction = this.#units.assign();
    if (contradiction !== undefined || assignment.trail.length > before) return contradiction;
    assignment.startLevel();
    for (const lit of assumptions) {
      const value = assignment.values[lit] as number;
      if (value === 0) assignment.assign(lit, noClause);
      else if (value < 0) return this.#conflicts.sourceOfContradiction({ assumption: lit });
    }
    return undefined;
  }

  #decide(isRelevant: (node: number) => boolean): boolean {
    for (let lit = this.branching.next(); lit !== undefined; lit = this.branching.next()) {
      if (this.assignment.values[lit] !== 0 || !isRelevant(lit >> 1)) continue;
      this.assignment.startLevel();
      this.assignment.assign(lit, noClause);
      return true;
    }
    return false;
  }

  #backtrack(level: number): void {
    this.#release(this.assignment.backtrack(level));
  }

  #release(removed: readonly Lit[]): void {
    if (removed.length === 0) return;
    for (const lit of removed) this.branching.release(lit);
    this.#propagation.backtrack(this.assignment.trail.length);
    this.#numbers.backtrack(this.assignment.trail.length);
  }

  // --- conflicts ---------------------------------------------------------------------------------

  /** The highest level of the literals of a clause; of numbers, it can be below the present one. */
  #findLevel(conflict: ClauseRef): number {
    const { levels } = this.assignment;
    const { data } = this.#clauses;
    let highest = 0;
    for (let i = this.#clauses.start(conflict); i < this.#clauses.end(conflict); i += 1)
      highest = Math.max(highest, levels[(data[i] as Lit) >> 1] as number);
    return highest;
  }

  /** The clause that excludes the assignment of some literals. */
  #lemma({ lits, factors }: NumberConflict): ClauseRef {
    const clause = lits.map((lit) => lit ^ 1);
    const literals = clause.map(toLiteral);
    const isLocal = lits.some((lit) => !this.#isShared(lit >> 1));
    const step = factors === undefined ? undefined : ({ kind: 'sum', literals, factors } as const);
    return this.#clauses.store(clause, this.#derivation.add(step, { steps: [], isLocal }));
  }

  /** Learns a clause from a conflict at the present level, and continues where it is not false. */
  #learn(conflict: ClauseRef): void {
    const { lits, source } = this.#conflicts.learn(conflict, (node) => this.branching.bump(node));
    this.branching.decay();
    const step = this.#derivation.add({ kind: 'clause', literals: lits.map(toLiteral) }, source);
    const [asserted, second] = lits as [Lit, Lit | undefined];
    if (second === undefined) {
      const unit = this.#clauses.store(lits, step);
      if (!this.#derivation.isLocal(step)) this.#units.add(asserted, unit);
      this.#backtrack(0);
      this.assignment.assign(asserted, unit);
      return;
    }
    const ref = this.#learned.add(lits, step);
    this.#backtrack(this.assignment.levels[second >> 1] as number);
    this.assignment.assign(asserted, ref);
  }

  #contradiction({ steps }: DerivationSource): SearchOutcome {
    // It is found again by the next search if it does not need the assumptions.
    if (this.assignment.level === 0) this.#propagation.backtrack(0);
    const certificate = this.#derivation.certificate(steps);
    return certificate === undefined
      ? { kind: 'undecided' }
      : { kind: 'unsatisfiable', certificate };
  }
}

const pivotsPerConflict = 20;
const conflictsPerExclusion = 1_000;
const restartUnit = 100;

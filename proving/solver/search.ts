// The search for a model: conflict-driven clause learning with watched literals, activities, saved phases and
// restarts (Een and Sorensson, 2003), over Boolean variables and inequalities of integers. Differences are decided with
// each assignment, other inequalities where all variables have values. Records each learned clause and lemma as a step
// of the certificate.

import type { Step } from '../certificate/certificate.ts';
import { clausesOf } from '../formula/clauses.ts';
import type { Formula, Literal } from '../formula/formula.ts';
import { type Inequality, negatedInequality } from '../formula/linear.ts';
import { type Difference, Differences, differenceOf } from './differences.ts';
import { Heap } from './heap.ts';
import { solveIntegers } from './integers.ts';

/** A literal of the search: twice the index of a variable, plus one for its negation. */
type Lit = number;
type Clause = Lit[];

export class Search {
  readonly steps: Step[] = [];
  conflicts = 0;

  readonly #cone: readonly number[];
  readonly #index = new Map<number, number>();
  readonly #differences = new Differences();
  /** For each literal, the difference that it asserts. */
  readonly #meaning: (Difference | undefined)[];
  /** The inequalities of the variables that are atoms. */
  readonly #atoms = new Map<number, Inequality>();
  #hasSums = false;
  /** Whether an assignment was excluded without a reason that can be checked. */
  #isOpen = false;
  #integers: ReadonlyMap<number, bigint> = new Map();
  readonly #values: Int8Array;
  readonly #levels: Int32Array;
  readonly #reasons: (Clause | undefined)[];
  readonly #phases: Int8Array;
  readonly #seen: Uint8Array;
  readonly #watched: Clause[][];
  readonly #activity: Float64Array;
  readonly #heap: Heap;
  readonly #units: Lit[] = [];
  readonly #trail: Lit[] = [];
  /** Where each decision level begins in the trail. */
  readonly #limits: number[] = [];
  /** The number of differences asserted before each element of the trail that the theory has seen. */
  readonly #assertedAt: number[] = [];
  #increment = 1;
  #head = 0;
  #theoryHead = 0;

  constructor(formula: Formula, roots: readonly Literal[], random: (() => number) | undefined) {
    this.#cone = formula.cone(roots);
    for (const [index, node] of this.#cone.entries()) this.#index.set(node, index);
    const count = this.#cone.length;
    this.#values = new Int8Array(2 * count);
    this.#levels = new Int32Array(count);
    this.#reasons = new Array(count).fill(undefined);
    this.#phases = new Int8Array(count).fill(-1);
    this.#seen = new Uint8Array(count);
    this.#watched = Array.from({ length: 2 * count }, () => []);
    this.#activity = new Float64Array(count);
    this.#heap = new Heap(this.#activity);
    this.#meaning = new Array(2 * count).fill(undefined);
    for (const [index, at] of this.#cone.entries()) {
      const node = formula.node(at);
      if (node.kind !== 'atom') continue;
      this.#atoms.set(index, node.inequality);
      this.#meaning[2 * index] = differenceOf(node.inequality);
      this.#hasSums ||= this.#meaning[2 * index] === undefined;
      this.#meaning[2 * index + 1] = differenceOf(negatedInequality(node.inequality));
    }
    if (random !== undefined) {
      for (let v = 0; v < count; v += 1) {
        this.#activity[v] = random();
        this.#phases[v] = random() < 0.5 ? 1 : -1;
      }
    }
    for (const clause of clausesOf(formula, this.#cone)) this.#addClause(clause);
    for (const root of roots) this.#addClause([root]);
    for (let v = 0; v < count; v += 1) this.#heap.insert(v);
  }

  /** The value of a node; undefined if it is not part of the search. */
  value(node: number): boolean | undefined {
    const index = this.#index.get(node);
    return index === undefined ? undefined : this.#values[2 * index] === 1;
  }

  /** The value of an integer variable. */
  number(variable: number): bigint {
    return this.#integers.get(variable) ?? this.#differences.value(variable) ?? 0n;
  }

  run(effort: number): 'satisfiable' | 'unsatisfiable' | 'undecided' {
    for (const unit of this.#units) {
      if (this.#values[unit] === -1) return 'unsatisfiable';
      if (this.#values[unit] === 0) this.#enqueue(unit, undefined);
    }
    let restarts = 0;
    let budget = restartUnit * luby(restarts);
    for (;;) {
      let conflict = this.#propagate();
      if (conflict === undefined) {
        if (this.#decide()) continue;
        conflict = this.#checkSums();
        if (conflict === undefined) return 'satisfiable';
      }
      this.conflicts += 1;
      budget -= 1;
      if (!this.#resolve(conflict)) return this.#isOpen ? 'undecided' : 'unsatisfiable';
      if (this.conflicts >= effort) return 'undecided';
      if (budget <= 0) {
        restarts += 1;
        budget = restartUnit * luby(restarts);
        this.#backtrack(0);
      }
    }
  }

  // --- clauses -----------------------------------------------------------------------------------

  #lit(literal: Literal): Lit {
    const index = this.#index.get(Math.abs(literal)) as number;
    return literal > 0 ? 2 * index : 2 * index + 1;
  }

  #literal(lit: Lit): Literal {
    const node = this.#cone[lit >> 1] as number;
    return (lit & 1) === 0 ? node : -node;
  }

  #addClause(literals: readonly Literal[]): void {
    const clause = literals.map((literal) => this.#lit(literal));
    if (clause.length === 1) this.#units.push(clause[0] as Lit);
    else this.#watch(clause);
  }

  #watch(clause: Clause): void {
    (this.#watched[clause[0] as Lit] as Clause[]).push(clause);
    (this.#watched[clause[1] as Lit] as Clause[]).push(clause);
  }

  // --- assignments -------------------------------------------------------------------------------

  get #level(): number {
    return this.#limits.length;
  }

  #enqueue(lit: Lit, reason: Clause | undefined): void {
    this.#values[lit] = 1;
    this.#values[lit ^ 1] = -1;
    this.#levels[lit >> 1] = this.#level;
    this.#reasons[lit >> 1] = reason;
    this.#trail.push(lit);
  }

  #decide(): boolean {
    for (let v = this.#heap.pop(); v !== undefined; v = this.#heap.pop()) {
      if (this.#values[2 * v] !== 0) continue;
      this.#limits.push(this.#trail.length);
      this.#enqueue((this.#phases[v] as number) > 0 ? 2 * v : 2 * v + 1, undefined);
      return true;
    }
    return false;
  }

  #backtrack(level: number): void {
    if (this.#level <= level) return;
    const start = this.#limits[level] as number;
    for (const lit of this.#trail.splice(start)) {
      this.#values[lit] = 0;
      this.#values[lit ^ 1] = 0;
      this.#phases[lit >> 1] = (lit & 1) === 0 ? 1 : -1;
      this.#heap.insert(lit >> 1);
    }
    this.#limits.length = level;
    this.#head = start;
    if (this.#theoryHead > start) {
      this.#theoryHead = start;
      this.#differences.retract(this.#assertedAt[start] as number);
    }
  }

  // --- propagation -------------------------------------------------------------------------------

  /** Propagates clauses, then differences; returns a clause whose literals are all false. */
  #propagate(): Clause | undefined {
    const conflict = this.#propagateClauses();
    if (conflict !== undefined) return conflict;
    while (this.#theoryHead < this.#trail.length) {
      const at = this.#theoryHead;
      const lit = this.#trail[at] as Lit;
      const difference = this.#meaning[lit];
      this.#assertedAt[at] = this.#differences.count;
      if (difference !== undefined) {
        const cycle = this.#differences.assert(difference, lit);
        if (cycle !== undefined) return this.#lemma(cycle);
      }
      this.#theoryHead = at + 1;
    }
    return undefined;
  }

  /** Finds integers for all inequalities if some are not differences; returns a clause that excludes the assignment. */
  #checkSums(): Clause | undefined {
    if (!this.#hasSums) return undefined;
    const asserted = [...this.#atoms].map(([v, inequality]) => {
      const isTrue = this.#values[2 * v] === 1;
      return { inequality, isTrue, literal: isTrue ? 2 * v : 2 * v + 1 };
    });
    const result = solveIntegers(asserted);
    this.#integers = result.kind === 'values' ? result.values : new Map();
    // Pivots are effort as well.
    this.conflicts += Math.floor(result.pivots / pivotsPerConflict);
    if (result.kind === 'values') return undefined;
    const clause = result.literals.map((lit) => lit ^ 1);
    if (result.kind === 'open') {
      this.#isOpen = true;
      return clause;
    }
    const literals = clause.map((lit) => this.#literal(lit));
    this.steps.push({ kind: 'sum', literals, factors: result.factors });
    return clause;
  }

  #lemma(cycle: readonly Lit[]): Clause {
    const counts = new Map<Lit, bigint>();
    for (const lit of cycle) counts.set(lit ^ 1, (counts.get(lit ^ 1) ?? 0n) + 1n);
    const clause = [...counts.keys()];
    const literals = clause.map((lit) => this.#literal(lit));
    this.steps.push({ kind: 'sum', literals, factors: [...counts.values()] });
    return clause;
  }

  #propagateClauses(): Clause | undefined {
    while (this.#head < this.#trail.length) {
      const falsified = (this.#trail[this.#head] as Lit) ^ 1;
      this.#head += 1;
      const conflict = this.#visit(falsified, this.#watched[falsified] as Clause[]);
      if (conflict !== undefined) return conflict;
    }
    return undefined;
  }

  /** Visits the clauses that watch a literal that is false now. */
  #visit(falsified: Lit, watching: Clause[]): Clause | undefined {
    let kept = 0;
    for (let i = 0; i < watching.length; i += 1) {
      const clause = watching[i] as Clause;
      if (clause[0] === falsified) {
        clause[0] = clause[1] as Lit;
        clause[1] = falsified;
      }
      const first = clause[0] as Lit;
      if (this.#values[first] !== 1 && this.#moveWatch(clause)) continue;
      watching[kept] = clause;
      kept += 1;
      if (this.#values[first] === 1) continue;
      if (this.#values[first] === 0) {
        this.#enqueue(first, clause);
        continue;
      }
      for (i += 1; i < watching.length; i += 1) {
        watching[kept] = watching[i] as Clause;
        kept += 1;
      }
      watching.length = kept;
      return clause;
    }
    watching.length = kept;
    return undefined;
  }

  /** Watches another literal instead of the second, if one is not false. */
  #moveWatch(clause: Clause): boolean {
    for (let k = 2; k < clause.length; k += 1) {
      const lit = clause[k] as Lit;
      if (this.#values[lit] === -1) continue;
      clause[k] = clause[1] as Lit;
      clause[1] = lit;
      (this.#watched[lit] as Clause[]).push(clause);
      return true;
    }
    return false;
  }

  // --- learning ----------------------------------------------------------------------------------

  /** Learns a clause from a conflict and continues where it is not false; false if there is no such level. */
  #resolve(conflict: Clause): boolean {
    // A conflict of differences can be at an earlier level.
    const level = Math.max(0, ...conflict.map((lit) => this.#levels[lit >> 1] as number));
    if (level === 0) return false;
    this.#backtrack(level);
    const learned = this.#analyze(conflict);
    this.steps.push({ kind: 'clause', literals: learned.map((lit) => this.#literal(lit)) });
    const asserted = learned[0] as Lit;
    if (learned.length === 1) {
      this.#backtrack(0);
      this.#enqueue(asserted, undefined);
    } else {
      this.#backtrack(this.#levels[(learned[1] as Lit) >> 1] as number);
      this.#watch(learned);
      this.#enqueue(asserted, learned);
    }
    this.#increment *= activityGrowth;
    return true;
  }

  /** The clause of the first unique implication point; its second literal has the highest level of the others. */
  #analyze(conflict: Clause): Clause {
    const learned: Clause = [];
    let open = 0;
    let at = this.#trail.length - 1;
    let clause: Clause = conflict;
    let resolved: Lit | undefined;
    do {
      for (const lit of clause) {
        const v = lit >> 1;
        if (lit === resolved || this.#seen[v] === 1 || this.#levels[v] === 0) continue;
        this.#seen[v] = 1;
        this.#bump(v);
        if (this.#levels[v] === this.#level) open += 1;
        else learned.push(lit);
      }
      while (this.#seen[(this.#trail[at] as Lit) >> 1] === 0) at -= 1;
      resolved = this.#trail[at] as Lit;
      at -= 1;
      this.#seen[resolved >> 1] = 0;
      open -= 1;
      clause = this.#reasons[resolved >> 1] ?? [];
    } while (open > 0);
    const kept = learned.filter((lit) => !this.#isImplied(lit));
    for (const lit of learned) this.#seen[lit >> 1] = 0;
    let highest = 0;
    kept.forEach((lit, index) => {
      const best = kept[highest] as Lit;
      if ((this.#levels[lit >> 1] as number) > (this.#levels[best >> 1] as number)) highest = index;
    });
    const [second] = kept.splice(highest, 1);
    return [resolved ^ 1, ...(second === undefined ? [] : [second]), ...kept];
  }

  /** Whether the other literals of a learned clause imply this one, which can be left out. */
  #isImplied(lit: Lit): boolean {
    const reason = this.#reasons[lit >> 1];
    return (
      reason?.every((other) => {
        const v = other >> 1;
        return v === lit >> 1 || this.#seen[v] === 1 || this.#levels[v] === 0;
      }) ?? false
    );
  }

  #bump(v: number): void {
    this.#activity[v] = (this.#activity[v] as number) + this.#increment;
    if ((this.#activity[v] as number) > maxActivity) {
      for (let each = 0; each < this.#activity.length; each += 1)
        this.#activity[each] = (this.#activity[each] as number) / maxActivity;
      this.#increment /= maxActivity;
    }
    this.#heap.grown(v);
  }
}

const pivotsPerConflict = 20;
const restartUnit = 100;
const activityGrowth = 1.05;
const maxActivity = 1e100;

/** The sequence 1, 1, 2, 1, 1, 2, 4, … (Luby, Sinclair and Zuckerman, 1993). */
function luby(index: number): number {
  let power = 1;
  while (2 ** power - 1 < index + 1) power += 1;
  if (2 ** power - 1 === index + 1) return 2 ** (power - 1);
  return luby(index - 2 ** (power - 1) + 1);
}

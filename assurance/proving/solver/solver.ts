// Decides whether literals of a formula can be true at once, for any number of queries: what one search learns about
// the nodes that all queries share is used by the next ones. Results depend on the formula, the queries so far, their
// efforts and random numbers only.

import type { Certificate } from '../certificate/certificate.ts';
import { defaultEffort } from '../formula/budget.ts';
import { createClauses } from '../formula/clauses.ts';
import { createLiteralEvaluator } from '../formula/evaluate.ts';
import type { Formula, Literal } from '../formula/formula.ts';
import { evaluateLinear, type Linear } from '../formula/linear.ts';
import type { Lemma } from '../terms/lemma.ts';
import { toLit } from './search/literals.ts';
import { Search } from './search/search.ts';

export interface SolveOptions {
  /** The maximum number of conflicts. */
  readonly effort?: number | undefined;
  /** The maximum number of steps. */
  readonly maxSteps?: number;
  /** Numbers from 0 to 1 that select one of several models. */
  readonly random?: (() => number) | undefined;
}

export interface Model {
  readonly isTrue: (literal: Literal) => boolean;
  readonly readValue: (term: Linear) => bigint;
}

export type Solution =
  | { readonly kind: 'satisfiable'; readonly model: Model; readonly conflicts: number }
  | {
      readonly kind: 'unsatisfiable';
      /** Refutes the required literals and the assumptions, with the definitions of the shared nodes. */
      readonly certificate: Certificate;
      readonly conflicts: number;
    }
  | { readonly kind: 'undecided'; readonly conflicts: number };

export class Solver {
  readonly #formula: Formula;
  readonly #search: Search;
  /** The nodes that all queries share, and those that are known to the search. */
  readonly #shared = new Set<number>();
  readonly #known = new Set<number>();
  readonly #required = new Set<Literal>();
  /** The nodes that required literals depend on. */
  readonly #constrained = new Set<number>();

  /** `shared`: literals that the certificates of all queries can be about, besides the required ones. */
  constructor(formula: Formula, shared: readonly Literal[] = []) {
    this.#formula = formula;
    this.#search = new Search((node) => this.#shared.has(node));
    this.#load(this.#share(shared));
  }

  /** The number of steps of all searches so far. */
  get steps(): number {
    return this.#search.steps;
  }

  /** Makes literals true in all queries. */
  require(literals: readonly Literal[]): void {
    const added = literals.filter((literal) => !this.#required.has(literal));
    if (added.length === 0) return;
    this.#constrain(added);
    for (const literal of added) {
      this.#required.add(literal);
      this.#search.require(toLit(literal));
    }
  }

  /** Adds lemmas to all queries; those that a proof needs are steps of its certificate. */
  state(lemmas: readonly Lemma[]): void {
    this.#constrain(lemmas.flatMap(({ clause }) => clause));
    for (const { kind: reason, clause } of lemmas) {
      const literals = [...new Set(clause)];
      this.#search.state(literals.map(toLit), { kind: 'lemma', reason, literals });
    }
  }

  /** Makes the nodes that literals depend on part of all queries. */
  #constrain(literals: readonly Literal[]): void {
    const cone = this.#share(literals);
    for (const node of cone) this.#constrained.add(node);
    this.#load(cone);
  }

  /** Decides whether all required literals and the assumptions can be true at once. */
  solve(assumptions: readonly Literal[], options: SolveOptions = {}): Solution {
    const { effort = defaultEffort, maxSteps = Number.POSITIVE_INFINITY, random } = options;
    const cone = this.#formula.cone(assumptions, this.#constrained);
    this.#load(cone);
    const nodes = [...this.#constrained, ...cone];
    const relevant = new Uint8Array(this.#formula.size + 1);
    for (const node of nodes) relevant[node] = 1;
    const isRelevant = (node: number) => relevant[node] === 1;
    const search = this.#search;
    if (random !== undefined) search.branching.shuffle(nodes, random);
    const before = search.conflicts;
    const lits = assumptions.map(toLit);
    const outcome = search.run({ assumptions: lits, nodes, isRelevant, effort, maxSteps });
    const conflicts = search.conflicts - before;
    const solution: Solution =
      outcome.kind === 'satisfiable'
        ? { kind: 'satisfiable', model: this.#model(nodes), conflicts }
        : ({ ...outcome, conflicts } as Solution);
    search.finish();
    return solution;
  }

  /** Adds the nodes that literals depend on to those that all queries share. */
  #share(literals: readonly Literal[]): readonly number[] {
    const cone = this.#formula.cone(literals, this.#constrained);
    for (const node of cone) this.#shared.add(node);
    return cone;
  }

  #load(nodes: readonly number[]): void {
    const added = nodes.filter((node) => !this.#known.has(node));
    if (added.length === 0) return;
    const search = this.#search;
    search.grow(this.#formula.size + 1);
    for (const node of added) {
      this.#known.add(node);
      const content = this.#formula.node(node);
      if (content.kind === 'atom') search.compare(node, content.inequality);
      for (const clause of createClauses(this.#formula, [node]))
        search.define(node, clause.map(toLit));
    }
  }

  /** A copy of the assignment. Nodes of other queries have the values that follow from it. */
  #model(nodes: readonly number[]): Model {
    const { values } = this.#search.assignment;
    const known = new Map(nodes.map((node) => [node, values[2 * node] === 1]));
    const number = this.#search.values();
    const evaluate = createLiteralEvaluator(this.#formula, { boolean: () => false, number }, known);
    return {
      isTrue: evaluate,
      readValue: (term) => evaluateLinear(term, number),
    };
  }
}

// Formulas: conjunctions, negations, Boolean variables, and inequalities of integers. Equal formulas are one node,
// so that a formula is a directed graph without duplicates. A literal is the number of a node, negated by its sign.

import { Budget } from './budget.ts';
import { createConstantTerm, type Inequality, type Linear, normalizeInequality } from './linear.ts';

/** The number of a node, positive or, for its negation, negative; never 0. */
export type Literal = number;

export type Node =
  | { readonly kind: 'true' }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'and'; readonly operands: readonly Literal[] }
  | { readonly kind: 'atom'; readonly inequality: Inequality };

/** A set of nodes, or a map from them. */
export interface Nodes {
  readonly has: (node: number) => boolean;
}

export const yes: Literal = 1;
export const no: Literal = -1;

export class Formula {
  readonly #nodes: Node[] = [{ kind: 'true' }, { kind: 'true' }];
  readonly #conjunctions = new Map<string, Literal>();
  readonly #atoms = new Map<string, Literal>();
  readonly #numbers: string[] = [];
  readonly #ranges = new Map<number, { readonly min: bigint; readonly max: bigint }>();
  readonly #budget: Budget;

  constructor(budget = new Budget()) {
    this.#budget = budget;
  }

  /** The number of nodes; their numbers are 1 to this one. */
  get size(): number {
    return this.#nodes.length - 1;
  }

  node(literal: Literal): Node {
    const node = this.#nodes[Math.abs(literal)];
    if (node === undefined) throw new Error(`broken invariant: no node ${literal}`);
    return node;
  }

  /** A new Boolean variable. */
  variable(name: string): Literal {
    this.#budget.grow(1);
    return this.#nodes.push({ kind: 'variable', name }) - 1;
  }

  /** A new integer variable. */
  number(name: string): Linear {
    const variable = this.#numbers.push(name) - 1;
    return { constant: 0n, terms: new Map([[variable, 1n]]) };
  }

  /**
   * A new integer variable with a range. `inRange` must be required wherever the variable is used: inequalities that
   * follow from ranges are true at once.
   */
  createNumber(
    name: string,
    min: bigint,
    max: bigint,
  ): { readonly term: Linear; readonly inRange: Literal } {
    const term = this.number(name);
    const inRange = this.and(
      this.atMost(createConstantTerm(min), term),
      this.atMost(term, createConstantTerm(max)),
    );
    this.#ranges.set(this.#numbers.length - 1, { min, max });
    return { term, inRange };
  }

  get numbers(): readonly string[] {
    return this.#numbers;
  }

  and(...operands: readonly Literal[]): Literal {
    return this.all(operands);
  }

  or(...operands: readonly Literal[]): Literal {
    return this.any(operands);
  }

  any(operands: readonly Literal[]): Literal {
    return -this.all(operands.map((operand) => -operand));
  }

  all(operands: readonly Literal[]): Literal {
    this.#budget.encode(operands.length + 1);
    const conjuncts = this.#conjuncts(operands);
    if (conjuncts === undefined) return no;
    if (conjuncts.size === 0) return yes;
    const sorted = [...conjuncts].sort((a, b) => a - b);
    if (sorted.length === 1) return sorted[0] as Literal;
    const key = sorted.join(' ');
    const existingConjunction = this.#conjunctions.get(key);
    if (existingConjunction !== undefined) return existingConjunction;
    this.#budget.grow(sorted.length + 1);
    const made = this.#nodes.push({ kind: 'and', operands: sorted }) - 1;
    this.#conjunctions.set(key, made);
    return made;
  }

  /** The operands without duplicates, with those of conjunctions, or `undefined` if two contradict each other. */
  #conjuncts(operands: readonly Literal[]): ReadonlySet<Literal> | undefined {
    const found = new Set<Literal>();
    const open = [...operands];
    for (let literal = open.pop(); literal !== undefined; literal = open.pop()) {
      if (literal === yes || found.has(literal)) continue;
      if (literal === no || found.has(-literal)) return undefined;
      const node = this.node(literal);
      if (literal > 0 && node.kind === 'and' && node.operands.length <= maxFlattened)
        open.push(...node.operands);
      else found.add(literal);
    }
    return found;
  }

  implies(a: Literal, b: Literal): Literal {
    return this.or(-a, b);
  }

  equivalent(a: Literal, b: Literal): Literal {
    if (a === b) return yes;
    return this.and(this.or(-a, b), this.or(a, -b));
  }

  /** `a` where the condition is true, otherwise `b`. */
  choose(condition: Literal, a: Literal, b: Literal): Literal {
    return this.and(this.or(-condition, a), this.or(condition, b));
  }

  /** `a <= b`. */
  atMost(a: Linear, b: Linear): Literal {
    this.#budget.encode(a.terms.size + b.terms.size + 1);
    const inequality = normalizeInequality(a, b);
    const [first] = inequality.terms;
    if (first === undefined) return inequality.bound >= 0n ? yes : no;
    const { min, max } = this.#findRange(inequality);
    if (max !== undefined && max <= inequality.bound) return yes;
    if (min !== undefined && min > inequality.bound) return no;
    // An inequality and its negation are one node.
    if (first[1] > 0n) return this.#atom(inequality);
    const terms = inequality.terms.map(([variable, c]): [number, bigint] => [variable, -c]);
    return -this.#atom({ terms, bound: -inequality.bound - 1n });
  }

  /** The range of the sum of the terms, or `undefined` if it is unbounded. */
  #findRange({ terms }: Inequality): { readonly min?: bigint; readonly max?: bigint } {
    let [min, max] = [0n, 0n];
    for (const [variable, c] of terms) {
      const range = this.#ranges.get(variable);
      if (range === undefined) return {};
      min += c * (c > 0n ? range.min : range.max);
      max += c * (c > 0n ? range.max : range.min);
    }
    return { min, max };
  }

  /** `a < b`. */
  below(a: Linear, b: Linear): Literal {
    return -this.atMost(b, a);
  }

  equal(a: Linear, b: Linear): Literal {
    return this.and(this.atMost(a, b), this.atMost(b, a));
  }

  #atom(inequality: Inequality): Literal {
    const key = `${inequality.terms.map(([v, c]) => `${c}*${v}`).join('+')}<=${inequality.bound}`;
    const existingAtom = this.#atoms.get(key);
    if (existingAtom !== undefined) return existingAtom;
    this.#budget.grow(inequality.terms.length + 1);
    const made = this.#nodes.push({ kind: 'atom', inequality }) - 1;
    this.#atoms.set(key, made);
    return made;
  }

  /**
   * The nodes that the literals depend on, with their own, in ascending order: operands come first. Those in `except`
   * are left out, with everything that they depend on.
   */
  cone(literals: readonly Literal[], except: Nodes = new Set<number>()): readonly number[] {
    const seen = new Set<number>();
    const open = literals.map(Math.abs);
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (seen.has(index) || except.has(index)) continue;
      seen.add(index);
      const node = this.node(index);
      if (node.kind === 'and') for (const operand of node.operands) open.push(Math.abs(operand));
    }
    return [...seen].sort((a, b) => a - b);
  }
}

/** A conjunction with more operands stays a node of its own, so that large formulas are shared. */
const maxFlattened = 16;

// The state of all encoders: the formula, the literals that hold for every request, and the places where the formula
// allows more than the evaluator.

import type { Span } from '@nhipol/language/support';
import type { Domains } from '../domains/domains.ts';
import type { Budget } from '../formula/budget.ts';
import { Formula, type Literal, no } from '../formula/formula.ts';
import type { Linear } from '../formula/linear.ts';
import type { Sides } from '../symbolic/algebra.ts';
import type { Symbolic } from '../symbolic/symbolic.ts';
import { Terms } from '../terms/terms.ts';
import type { Construct } from './constructs.ts';
import { Elements } from './elements.ts';
import type { SymbolicFact } from './fact.ts';
import type { Representation } from './representation.ts';

/** A place where the formula allows more than a request can have, whenever the literal is true. */
export interface Approximation {
  readonly construct: Construct;
  readonly span: Span;
  readonly when: Literal;
}

export class SymbolicEncoding implements Sides {
  readonly formula: Formula;
  readonly budget: Budget;
  readonly domains: Domains;
  readonly values: Representation;
  /** None if texts are in lists. */
  readonly terms: Terms;
  readonly elements: Elements;
  readonly #sides = new Set<Literal>();
  readonly #made = new Map<string, Symbolic<SymbolicFact>>();
  readonly #approximations: Approximation[] = [];

  constructor(domains: Domains, represent: (encoding: SymbolicEncoding) => Representation) {
    this.domains = domains;
    this.budget = domains.budget;
    this.formula = new Formula(this.budget);
    this.terms = new Terms(this.formula);
    this.elements = new Elements(this.terms, this.budget);
    this.values = represent(this);
  }

  /** Formulas that hold for every request. */
  get sides(): readonly Literal[] {
    return [...this.#sides];
  }

  /** Declarations of two policies that have no common representation; nothing is proved with them. */
  readonly unrepresented: Span[] = [];

  /** Literals that are true for requests that are easy to read. */
  readonly preferences: Literal[] = [];

  /** Literals that are true for requests whose values are all usable. */
  readonly usable: Literal[] = [];

  get approximations(): readonly Approximation[] {
    return this.#approximations;
  }

  readonly require = (...literals: readonly Literal[]): void => {
    for (const literal of literals) this.#sides.add(literal);
  };

  /** A number in a range, for every request. */
  createNumber(name: string, min: bigint, max: bigint): Linear {
    const { term, inRange } = this.formula.createNumber(name, min, max);
    this.require(inRange);
    return term;
  }

  /** A value that is made once for a key, or `undefined` if it is made each time. */
  once(key: string | undefined, make: () => Symbolic<SymbolicFact>): Symbolic<SymbolicFact> {
    const known = key === undefined ? undefined : this.#made.get(key);
    if (known !== undefined) return known;
    const made = make();
    if (key !== undefined) this.#made.set(key, made);
    return made;
  }

  /** Notes that the formula is exact only where the literal is false. */
  approximate(construct: Construct, span: Span, when: Literal): void {
    if (when !== no) this.#approximations.push({ construct, span, when });
  }
}

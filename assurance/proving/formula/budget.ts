// The limits of the formula and of each decision of a claim: steps and elements are counted, and time is not measured, so that
// results are the same on every machine. What needs more is not proved.

import type { Span } from '@nhipol/language/support';

/** The part that was too large. */
export type Exceeded = 'large lists' | 'large formula' | 'long search';

/** More is needed than a claim may take. */
export class Excess extends Error {
  readonly what: Exceeded;
  /** The expression that was encoded. */
  readonly span: Span | undefined;

  constructor(what: Exceeded, span?: Span) {
    super(`more is needed than a proof may take: ${what}`);
    this.what = what;
    this.span = span;
  }
}

/** The maximum number of conflicts of a search; other limits grow with it. */
export const defaultEffort = 100_000;
/** A smaller effort ends searches earlier, and leaves formulas as large as with this one. */
const minEffort = 5_000;

/** For each conflict: operands of a formula that are read or made, and values of lists that are tried. */
const encoding = 1_000;
/** For each conflict: operands of a formula, values of its expressions, and literals of lemmas. */
const elements = 40;
/** For each conflict: clauses that are visited, letters that are tried, and inequalities that are read, for one claim. */
const searching = 2_000;

export class Budget {
  /** The expression that is encoded. */
  at: Span | undefined;
  readonly #perClaim: number;
  #encoding: number;
  #elements: number;
  #search: number;

  constructor(effort = defaultEffort) {
    const own = Math.max(effort, minEffort);
    // The checker of a proof knows no effort: no formula is larger than with the usual one.
    const ofFormula = Math.min(own, defaultEffort);
    this.#perClaim = searching * own;
    this.#encoding = encoding * ofFormula;
    this.#elements = elements * ofFormula;
    this.#search = this.#perClaim;
  }

  /** Each claim may take as much. */
  startClaim(): void {
    this.#search = this.#perClaim;
  }

  /** The steps that the search for the present claim may still take. */
  get left(): number {
    return this.#search;
  }

  /** Counts steps of encoding. */
  encode(steps: number): void {
    this.#encoding -= steps;
    if (this.#encoding < 0) throw new Excess('large formula', this.at);
  }

  /** Counts elements of the formula. */
  grow(count: number): void {
    this.#elements -= count;
    if (this.#elements < 0) throw new Excess('large formula', this.at);
  }

  /** Counts values of lists, and steps of the search for them. */
  list(steps: number): void {
    this.#encoding -= steps;
    if (this.#encoding < 0) throw new Excess('large lists', this.at);
  }

  /** Counts steps of searches. */
  search(steps: number): void {
    this.#search -= steps;
    if (this.#search < 0) throw new Excess('long search', this.at);
  }
}

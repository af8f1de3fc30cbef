// Decides conjunctions of linear inequalities over rational numbers (Dutertre and de Moura, 2006): a tableau of basic
// variables, each a sum of others, and bounds on all variables. A contradiction is a sum of bounds.

import {
  addRationals,
  compare,
  createRational,
  invertRational,
  multiplyRationals,
  negateRational,
  type Rational,
  subtractRationals,
  zeroRational,
} from './rational.ts';

/** A bound with the literal that asserts it, or `undefined` for an assumption of a search. */
interface Bound {
  readonly value: bigint;
  readonly literal: number | undefined;
}

/** Literals of bounds whose sum, with these positive factors, is `0 <= ` a negative number. */
export type SimplexContradiction = readonly (readonly [
  literal: number | undefined,
  factor: Rational,
])[];

/** A sum or a product of fractions takes as long as this many comparisons. */
const stepsPerFraction = 8;

export class Simplex {
  readonly #values: Rational[] = [];
  readonly #lower: (Bound | undefined)[] = [];
  readonly #upper: (Bound | undefined)[] = [];
  /** For each basic variable, its coefficients of those that are not. */
  readonly #rows = new Map<number, Map<number, Rational>>();

  /** A new variable; with terms, it is their sum. */
  variable(terms?: readonly (readonly [number, bigint])[]): number {
    const made = this.#values.push(zeroRational) - 1;
    this.#lower.push(undefined);
    this.#upper.push(undefined);
    if (terms === undefined) return made;
    const row = new Map<number, Rational>();
    for (const [variable, coefficient] of terms) {
      const storedRow = this.#rows.get(variable);
      if (storedRow === undefined) add(row, variable, createRational(coefficient));
      else
        for (const [each, c] of storedRow)
          add(row, each, multiplyRationals(c, createRational(coefficient)));
    }
    this.#rows.set(made, row);
    this.#values[made] = this.#sum(row);
    return made;
  }

  value(variable: number): Rational {
    return this.#values[variable] as Rational;
  }

  /** The present bounds, which can be restored after assumptions. */
  bounds(): readonly [
    lower: readonly (Bound | undefined)[],
    upper: readonly (Bound | undefined)[],
  ] {
    return [[...this.#lower], [...this.#upper]];
  }

  restore([lower, upper]: ReturnType<Simplex['bounds']>): void {
    for (const [variable, bound] of lower.entries()) this.#lower[variable] = bound;
    for (const [variable, bound] of upper.entries()) this.#upper[variable] = bound;
  }

  /** Bounds a variable from above or below. */
  bound(
    variable: number,
    isUpper: boolean,
    value: bigint,
    literal: number | undefined,
  ): SimplexContradiction | undefined {
    const [own, other] = isUpper ? [this.#upper, this.#lower] : [this.#lower, this.#upper];
    const currentBound = own[variable];
    if (
      currentBound !== undefined &&
      (isUpper ? currentBound.value <= value : currentBound.value >= value)
    )
      return undefined;
    const opposite = other[variable];
    own[variable] = { value, literal };
    if (opposite !== undefined && (isUpper ? opposite.value > value : opposite.value < value))
      return [
        [literal, createRational(1n)],
        [opposite.literal, createRational(1n)],
      ];
    const distance = compare(this.value(variable), createRational(value));
    if (!this.#rows.has(variable) && (isUpper ? distance > 0n : distance < 0n))
      this.#move(variable, createRational(value));
    return undefined;
  }

  /** The number of pivots, and of coefficients that were read, so far. */
  pivots = 0;
  steps = 0;

  /**
   * Finds values within all bounds, or a contradiction. Bland's rule: it always ends, but may take long; after
   * `maxPivots` in total the result is open.
   */
  check(maxPivots: number): SimplexContradiction | 'open' | undefined {
    for (;;) {
      if (this.pivots >= maxPivots) return 'open';
      this.steps += this.#rows.size;
      const basic = this.#findViolated();
      if (basic === undefined) return undefined;
      const isBelow = this.#isLower(basic);
      const row = this.#rows.get(basic) as Map<number, Rational>;
      const pivot = [...row.keys()]
        .sort((a, b) => a - b)
        .find((variable) => this.#canMove(variable, row.get(variable) as Rational, isBelow));
      if (pivot === undefined) return this.#contradiction(basic, row, isBelow);
      const bound = (isBelow ? this.#lower[basic] : this.#upper[basic]) as Bound;
      const coefficient = row.get(pivot) as Rational;
      const change = multiplyRationals(
        subtractRationals(createRational(bound.value), this.value(basic)),
        invertRational(coefficient),
      );
      this.#move(pivot, addRationals(this.value(pivot), change));
      this.#pivot(basic, pivot);
      this.pivots += 1;
    }
  }

  #findViolated(): number | undefined {
    const violated = [...this.#rows.keys()].filter(
      (basic) => this.#isLower(basic) || this.#isAbove(basic),
    );
    return violated.length === 0 ? undefined : Math.min(...violated);
  }

  #isLower(variable: number): boolean {
    const bound = this.#lower[variable];
    return bound !== undefined && compare(this.value(variable), createRational(bound.value)) < 0n;
  }

  #isAbove(variable: number): boolean {
    const bound = this.#upper[variable];
    return bound !== undefined && compare(this.value(variable), createRational(bound.value)) > 0n;
  }

  /** Whether a variable can change so that a sum with it grows, or shrinks. */
  #canMove(variable: number, coefficient: Rational, grows: boolean): boolean {
    const isUp = coefficient.numerator > 0n === grows;
    const bound = isUp ? this.#upper[variable] : this.#lower[variable];
    return bound === undefined || compare(this.value(variable), createRational(bound.value)) !== 0n;
  }

  #contradiction(
    basic: number,
    row: ReadonlyMap<number, Rational>,
    isBelow: boolean,
  ): SimplexContradiction {
    const basicBound = (isBelow ? this.#lower[basic] : this.#upper[basic]) as Bound;
    const others = [...row].map(([variable, coefficient]) => {
      const isUp = coefficient.numerator > 0n === isBelow;
      const bound = (isUp ? this.#upper[variable] : this.#lower[variable]) as Bound;
      const factor = coefficient.numerator < 0n ? negateRational(coefficient) : coefficient;
      return [bound.literal, factor] as const;
    });
    return [[basicBound.literal, createRational(1n)], ...others];
  }

  /** Changes a variable that is not basic, and all sums with it. */
  #move(variable: number, value: Rational): void {
    const change = subtractRationals(value, this.value(variable));
    this.steps += stepsPerFraction * this.#rows.size;
    this.#values[variable] = value;
    for (const [basic, row] of this.#rows) {
      const coefficient = row.get(variable);
      if (coefficient !== undefined)
        this.#values[basic] = addRationals(
          this.value(basic),
          multiplyRationals(coefficient, change),
        );
    }
  }

  #pivot(basic: number, entering: number): void {
    const row = this.#rows.get(basic) as Map<number, Rational>;
    this.#rows.delete(basic);
    const factor = invertRational(row.get(entering) as Rational);
    row.delete(entering);
    const solved = new Map<number, Rational>([[basic, factor]]);
    for (const [variable, coefficient] of row)
      solved.set(variable, negateRational(multiplyRationals(coefficient, factor)));
    for (const other of this.#rows.values()) {
      const coefficient = other.get(entering);
      if (coefficient === undefined) continue;
      this.steps += stepsPerFraction * solved.size;
      other.delete(entering);
      for (const [variable, c] of solved) add(other, variable, multiplyRationals(c, coefficient));
    }
    this.#rows.set(entering, solved);
  }

  #sum(row: ReadonlyMap<number, Rational>): Rational {
    return [...row].reduce(
      (sum, [variable, c]) => addRationals(sum, multiplyRationals(c, this.value(variable))),
      zeroRational,
    );
  }
}

function add(row: Map<number, Rational>, variable: number, coefficient: Rational): void {
  const sum = addRationals(row.get(variable) ?? zeroRational, coefficient);
  if (sum.numerator === 0n) row.delete(variable);
  else row.set(variable, sum);
}

// Decides which integers satisfy asserted inequalities that are not all differences: by rational numbers first, then by
// branching on a variable that is not an integer.

import type { Inequality } from '../../formula/linear.ts';
import { computeGcd } from '../../formula/linear.ts';
import { toDifference } from './differences.ts';
import { floor, isInteger, type Rational } from './rational.ts';
import { Simplex, type SimplexContradiction } from './simplex.ts';

/** An inequality of a formula, asserted or denied by a literal of the search. */
export interface Asserted {
  readonly inequality: Inequality;
  readonly isTrue: boolean;
  readonly literal: number;
}

export type IntegerResult = { readonly pivots: number; readonly steps: number } & Result;

type Result =
  | { readonly kind: 'values'; readonly values: ReadonlyMap<number, bigint> }
  | {
      readonly kind: 'contradiction';
      readonly literals: readonly number[];
      readonly factors: readonly bigint[];
    }
  /** No integers were found, and no sum of inequalities excludes them: those of the literals. */
  | { readonly kind: 'open'; readonly literals: readonly number[] };

const maxBranches = 200;
const maxPivots = 400;

/** The values of the variables that occur, directly or through others, in an inequality that is not a difference. */
export function solveIntegers(asserted: readonly Asserted[]): IntegerResult {
  const simplex = new Simplex();
  const result = solveRelevant(simplex, selectConnected(asserted));
  return { ...result, pivots: simplex.pivots, steps: simplex.steps };
}

function solveRelevant(simplex: Simplex, relevant: readonly Asserted[]): Result {
  const open: Result = { kind: 'open', literals: relevant.map(({ literal }) => literal) };
  const variables = new Map<number, number>();
  const sums = new Map<string, number>();
  const findVariable = (index: number): number => {
    const simplexVariable = variables.get(index) ?? simplex.variable();
    variables.set(index, simplexVariable);
    return simplexVariable;
  };
  for (const { inequality, isTrue, literal } of relevant) {
    const { terms, bound } = inequality;
    const own = terms.map(([index, c]) => [findVariable(index), c] as const);
    const [first] = own;
    const isSingle = own.length === 1 && first?.[1] === 1n;
    const key = terms.map(([index, c]) => `${c}*${index}`).join(' ');
    const sum = isSingle ? first[0] : (sums.get(key) ?? simplex.variable(own));
    if (!isSingle) sums.set(key, sum);
    const simplexContradiction = simplex.bound(sum, isTrue, isTrue ? bound : bound + 1n, literal);
    if (simplexContradiction !== undefined) return createContradiction(simplexContradiction);
  }
  const found = simplex.check(maxPivots);
  if (found === 'open') return open;
  if (found !== undefined) return createContradiction(found);
  let branches = 0;
  const branch = (): boolean => {
    const fractional = [...variables.values()].find(
      (variable) => !isInteger(simplex.value(variable)),
    );
    if (fractional === undefined) return true;
    branches += 1;
    if (branches > maxBranches) return false;
    const below = floor(simplex.value(fractional));
    const before = simplex.bounds();
    for (const isUpper of [true, false]) {
      const value = isUpper ? below : below + 1n;
      const refused =
        simplex.bound(fractional, isUpper, value, undefined) ?? simplex.check(maxPivots);
      if (refused === undefined && branch()) return true;
      simplex.restore(before);
    }
    return false;
  };
  if (!branch()) return open;
  const values = [...variables].map(([index, each]): [number, bigint] => [
    index,
    simplex.value(each).numerator,
  ]);
  return { kind: 'values', values: new Map(values) };
}

/** The inequalities that share variables, directly or through others, with one that is not a difference. */
function selectConnected(asserted: readonly Asserted[]): readonly Asserted[] {
  const isDifference = ({ inequality }: Asserted) => toDifference(inequality) !== undefined;
  const found = new Set(asserted.filter((each) => !isDifference(each)));
  const variables = new Set(
    [...found].flatMap(({ inequality }) => inequality.terms.map(([v]) => v)),
  );
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const each of asserted) {
      const own = each.inequality.terms.map(([variable]) => variable);
      if (found.has(each) || !own.some((variable) => variables.has(variable))) continue;
      found.add(each);
      for (const variable of own) variables.add(variable);
    }
  }
  return [...found];
}

/** The factors as integers; a literal that occurs twice has the sum. */
function createContradiction(found: SimplexContradiction): Result {
  const denominator = found.reduce(
    (product, [, factor]) =>
      (product * factor.denominator) / computeGcd(product, factor.denominator),
    1n,
  );
  const whole = ({ numerator, denominator: own }: Rational) => (numerator * denominator) / own;
  const factors = new Map<number, bigint>();
  for (const [literal, factor] of found) {
    if (literal === undefined) throw new Error('broken invariant: an assumption in a lemma');
    factors.set(literal, (factors.get(literal) ?? 0n) + whole(factor));
  }
  return {
    kind: 'contradiction',
    literals: [...factors.keys()],
    factors: [...factors.values()],
  };
}

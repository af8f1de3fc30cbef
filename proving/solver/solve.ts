// Decides whether formulas can be true at once: returns a model, a certificate that they cannot, or nothing if the
// effort is used up. Results depend on the formula, the effort and the random numbers only.

import type { Certificate } from '../certificate/certificate.ts';
import { evaluator } from '../formula/evaluate.ts';
import type { Formula, Literal } from '../formula/formula.ts';
import { type Linear, valueOfTerm } from '../formula/linear.ts';
import { Search } from './search.ts';

export interface SolveOptions {
  /** The maximum number of conflicts. */
  readonly effort?: number;
  /** Numbers from 0 to 1 that select one of several models. */
  readonly random?: (() => number) | undefined;
}

export interface Model {
  readonly isTrue: (literal: Literal) => boolean;
  readonly valueOf: (term: Linear) => bigint;
}

export type Solution =
  | { readonly kind: 'satisfiable'; readonly model: Model; readonly conflicts: number }
  | {
      readonly kind: 'unsatisfiable';
      readonly certificate: Certificate;
      readonly conflicts: number;
    }
  | { readonly kind: 'undecided'; readonly conflicts: number };

const defaultEffort = 100_000;

export function solve(
  formula: Formula,
  roots: readonly Literal[],
  { effort = defaultEffort, random }: SolveOptions = {},
): Solution {
  const search = new Search(formula, roots, random);
  const result = search.run(effort);
  const { conflicts } = search;
  if (result === 'undecided') return { kind: result, conflicts };
  if (result === 'unsatisfiable') return { kind: result, certificate: search.steps, conflicts };
  return { kind: result, model: modelOf(formula, search), conflicts };
}

/** Variables that the search did not see are false or 0. Atoms have the values that the search gave them. */
function modelOf(formula: Formula, search: Search): Model {
  const number = (variable: number) => search.number(variable);
  const evaluate = evaluator(formula, {
    boolean: (variable) => search.value(variable) === true,
    number,
  });
  return {
    isTrue: (literal) => {
      const value = search.value(Math.abs(literal));
      return value === undefined ? evaluate(literal) : value === literal > 0;
    },
    valueOf: (term) => valueOfTerm(term, number),
  };
}

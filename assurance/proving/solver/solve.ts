// Decides a single query.

import type { Formula, Literal } from '../formula/formula.ts';
import { type Solution, type SolveOptions, Solver } from './solver.ts';

export type { Model, Solution, SolveOptions } from './solver.ts';

/** Decides whether all roots can be true at once. */
export function solve(
  formula: Formula,
  roots: readonly Literal[],
  options: SolveOptions = {},
): Solution {
  return new Solver(formula, roots).solve(roots, options);
}

// The elements that the variables of quantifiers stand for, innermost first, with the values that depend on them.

import type { Expr, Variable } from '@nhipol/language/model';
import type { SymbolicFact } from '../facts/fact.ts';
import type { Symbolic } from '../symbolic/symbolic.ts';

/** An element: a record or list as a fact, and its value. */
export interface Bound {
  readonly fact: SymbolicFact | undefined;
  readonly value: Symbolic<SymbolicFact>;
  /** The members of a record that is not a fact, each absent where it is unknown. */
  readonly members?: ReadonlyMap<string, Symbolic<SymbolicFact>>;
}

export interface Environment {
  readonly variable: Variable;
  readonly bound: Bound;
  readonly outer: Environment | undefined;
  readonly values: Map<Expr, Symbolic<SymbolicFact>>;
}

/** The innermost environment that binds one of the variables. */
export function createEnvironment(
  variables: ReadonlySet<Variable>,
  environment: Environment | undefined,
): Environment | undefined {
  for (let at = environment; at !== undefined; at = at.outer)
    if (variables.has(at.variable)) return at;
  return undefined;
}

export function findBound(
  variable: Variable,
  environment: Environment | undefined,
): Bound | undefined {
  for (let at = environment; at !== undefined; at = at.outer)
    if (at.variable === variable) return at.bound;
  return undefined;
}

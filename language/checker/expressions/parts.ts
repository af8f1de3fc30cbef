// The expressions to which an expression refers, and those that the checker makes itself.

import type { Expr, LookupExpr, ReadExpr } from '../../model/model.ts';
import type { Span } from '../../support/source.ts';
import { bool, type Type, type Value } from '../../types/types.ts';

export function makeConstant(value: Value, type: Type, span: Span): Expr {
  return { kind: 'Constant', value, type, span };
}

/** The member to which an expression refers, through `let`s and `given`s. */
export function asRead(expr: Expr): ReadExpr | undefined {
  if (expr.kind === 'Binding') return asRead(expr.binding.value);
  return expr.kind === 'Read' ? expr : undefined;
}

/** The lookup to which an expression refers, through `let`s and `given`s. */
export function asLookup(expr: Expr): LookupExpr | undefined {
  if (expr.kind === 'Binding') return asLookup(expr.binding.value);
  return expr.kind === 'Lookup' ? expr : undefined;
}

/** Joins conditions with `and`; the result is true if there are none. */
export function joinAllConditions(conditions: readonly Expr[], span: Span): Expr {
  const [only] = conditions;
  if (only === undefined) return makeConstant(true, bool, span);
  return conditions.length === 1 ? only : { kind: 'And', operands: conditions, type: bool, span };
}

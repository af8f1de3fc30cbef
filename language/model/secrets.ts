// Finds the secret members whose values an expression carries. A `Bool` carries only secrets that are
// themselves `Bool`s: what a condition decides is visible in the answer.

import { isCollection, type Member, type Type } from '../types/types.ts';
import type { Expr } from './model.ts';
import { collectExprs, listOperands } from './operands.ts';

/**
 * The first secret member whose value, or a value computed from it, the expression has, or `undefined` if there is
 * none.
 */
export function findSecret(expr: Expr): Member | undefined {
  for (const part of collectRevealedExprs([expr])) {
    const secret = findReadSecret(part);
    if (secret !== undefined) return secret;
  }
  return undefined;
}

/** The expressions whose values the values of the roots reveal. */
export function collectRevealedExprs(roots: readonly Expr[]): ReadonlySet<Expr> {
  return collectExprs(roots, listRevealedOperands);
}

function listRevealedOperands(expr: Expr): readonly Expr[] {
  // Whether a value is there, and what an event contains, does not depend on the value of the operand.
  if (expr.kind === 'Known' || expr.kind === 'Presence' || expr.kind === 'History') return [];
  const operands = listOperands(expr);
  return expr.type.kind === 'Bool' ? operands.filter(({ type }) => isOfBools(type)) : operands;
}

function isOfBools(type: Type): boolean {
  if (isCollection(type)) return isOfBools(type.element);
  return type.kind === 'Bool';
}

/** The secret member that the expression itself reads. */
function findReadSecret(expr: Expr): Member | undefined {
  if (expr.kind === 'Variable') return expr.variable.secret;
  if (expr.kind === 'History')
    return expr.term.form === 'last' ? findReadSecret(expr.term.field) : undefined;
  if (expr.kind !== 'Read') return undefined;
  const member = expr.members.find(({ secret }) => secret);
  return member ?? (typeof expr.from === 'string' ? undefined : expr.from.secret);
}

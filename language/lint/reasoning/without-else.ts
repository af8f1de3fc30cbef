// Rewrites conditions with an `else` as an operand into a condition over both cases: `(n else 0) >
// 5` becomes `known(n) and n > 5 or not known(n) and 0 > 5`. Both are equivalent, but the reasoning
// finds more in the latter, because each part reads the member itself.

import { isClockFree } from '../../checker/expressions/time.ts';
import type { Expr } from '../../model/model.ts';
import { bool, isCollection } from '../../types/types.ts';

const lifted = new WeakMap<Expr, Expr>();

/** Each split doubles a condition; further ones are not rewritten. */
const splitLimit = 4;

/** Rewrites a condition. Returns the condition itself if it contains no such `else`. */
export function withoutElse(expr: Expr): Expr {
  const before = lifted.get(expr);
  if (before !== undefined) return before;
  const found = lift(expr, splitLimit);
  lifted.set(expr, found);
  return found;
}

function lift(expr: Expr, splitsLeft: number): Expr {
  switch (expr.kind) {
    case 'Binding': {
      const { value } = expr.binding;
      const inner = withoutElse(value);
      return inner === value ? expr : inner;
    }
    case 'And':
    case 'Or': {
      const operands = expr.operands.map((operand) => withoutElse(operand));
      const isSame = operands.every((operand, index) => operand === expr.operands[index]);
      return isSame ? expr : { ...expr, operands };
    }
    case 'Not': {
      const operand = withoutElse(expr.operand);
      return operand === expr.operand ? expr : { ...expr, operand };
    }
    case 'If': {
      if (expr.type.kind !== 'Bool') return expr;
      const [condition, then, otherwise] = [expr.condition, expr.then, expr.else].map((part) =>
        withoutElse(part),
      ) as [Expr, Expr, Expr];
      if (condition === expr.condition && then === expr.then && otherwise === expr.else)
        return expr;
      return { ...expr, condition, then, else: otherwise };
    }
    case 'Else': {
      if (expr.type.kind !== 'Bool') return expr;
      const [value, fallback] = [withoutElse(expr.value), withoutElse(expr.fallback)];
      return value === expr.value && fallback === expr.fallback
        ? expr
        : { ...expr, value, fallback };
    }
    case 'Compare':
      return (
        split(expr.left, (other) => ({ ...expr, left: other }), splitsLeft) ??
        split(expr.right, (other) => ({ ...expr, right: other }), splitsLeft) ??
        expr
      );
    case 'Apply': {
      if (expr.type.kind !== 'Bool') return expr;
      for (const [at, arg] of expr.args.entries()) {
        const found = split(
          arg,
          (other) => ({ ...expr, args: expr.args.with(at, other) }),
          splitsLeft,
        );
        if (found !== undefined) return found;
      }
      return expr;
    }
    case 'Quantifier': {
      const body = withoutElse(expr.body);
      const wholeQuantifierExpr = body === expr.body ? expr : { ...expr, body };
      return (
        split(
          expr.collection,
          (collection) => ({ ...wholeQuantifierExpr, collection }),
          splitsLeft,
        ) ?? wholeQuantifierExpr
      );
    }
    default:
      expr.kind satisfies
        | ('Constant' | 'Read' | 'Selector' | 'Now' | 'Variable' | 'Lookup' | 'Age')
        | ('InWindow' | 'Calendar' | 'Known' | 'Presence' | 'Aggregate' | 'Set')
        | 'History';
      return expr;
  }
}

const hasElse = new WeakMap<Expr, boolean>();

/**
 * Whether there is an `else` to split at. Each expression is visited once, because many can share a
 * `let`.
 */
function containsElse(expr: Expr): boolean {
  const before = hasElse.get(expr);
  if (before !== undefined) return before;
  const isFound =
    expr.kind === 'Binding'
      ? containsElse(expr.binding.value)
      : expr.kind === 'Apply'
        ? expr.args.some(containsElse)
        : expr.kind === 'Else' && isAllOrNothing(expr.value);
  hasElse.set(expr, isFound);
  return isFound;
}

/** Splits an expression at the `else` of an operand; returns `undefined` if no operand has one. */
function split(
  operand: Expr,
  around: (operand: Expr) => Expr,
  splitsLeft: number,
): Expr | undefined {
  if (splitsLeft === 0 || !containsElse(operand)) return undefined;
  if (operand.kind === 'Binding') return split(operand.binding.value, around, splitsLeft);
  if (operand.kind === 'Apply') {
    for (const [at, arg] of operand.args.entries()) {
      const expr = split(
        arg,
        (other) => around({ ...operand, args: operand.args.with(at, other) }),
        splitsLeft,
      );
      if (expr !== undefined) return expr;
    }
    return undefined;
  }
  if (operand.kind !== 'Else') return undefined;
  const { value, fallback, span } = operand;
  const isValueKnown: Expr = { kind: 'Known', operand: value, type: bool, span };
  const unknown: Expr = { kind: 'Not', operand: isValueKnown, type: bool, span };
  const and = (...operands: Expr[]): Expr => ({ kind: 'And', operands, type: bool, span });
  return {
    kind: 'Or',
    operands: [
      and(isValueKnown, lift(around(value), splitsLeft - 1)),
      and(unknown, lift(around(fallback), splitsLeft - 1)),
    ],
    type: bool,
    span,
  };
}

/**
 * Whether `known` means that the expression has a usable value. A collection can be present with
 * unusable elements and is then not unknown; and for a value that moves with the clock, `known`
 * requires more than a value.
 */
function isAllOrNothing(expr: Expr): boolean {
  if (!isClockFree(expr)) return false;
  const { type } = expr;
  if (!isCollection(type)) return true;
  return type.element.kind === 'String' || type.element.kind === 'Bool';
}

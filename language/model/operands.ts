// The operands of each kind of checked expression, written once for everything that walks them.

import { unreachable } from '../support/invariant.ts';
import type { EventPattern, Expr } from './model.ts';

/** Every sub-expression, each once however often a `let` brings it in. */
export function everyExpr(roots: readonly Expr[]): ReadonlySet<Expr> {
  const seen = new Set<Expr>();
  const open = [...roots];
  for (let expr = open.pop(); expr !== undefined; expr = open.pop()) {
    if (seen.has(expr)) continue;
    seen.add(expr);
    open.push(...operandsOf(expr));
  }
  return seen;
}

const reading: ReadonlySet<Expr['kind']> = new Set([
  ...(['Read', 'Selector', 'Now', 'Age', 'Variable', 'History'] as const),
]);

/** Whether it is worth the same in every request, whatever external tables hold. */
export function isConstant(expr: Expr): boolean {
  return [...everyExpr([expr])].every(
    (part) => !reading.has(part.kind) && !(part.kind === 'Lookup' && part.table.external),
  );
}

/** Of `since` there are two. */
export function patternsOf({
  pattern,
  start,
}: {
  readonly pattern: EventPattern;
  readonly start?: EventPattern;
}): readonly EventPattern[] {
  return start === undefined ? [pattern] : [pattern, start];
}

export function operandsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'Constant':
    case 'Read':
    case 'Selector':
    case 'Now':
    case 'Variable':
      return [];
    case 'Binding':
      return [expr.binding.value];
    case 'Lookup':
      return expr.keys;
    case 'Apply':
      return expr.args;
    case 'Compare':
      return [expr.left, expr.right];
    case 'Age':
    case 'InWindow':
    case 'Calendar':
      return [expr.of];
    case 'And':
    case 'Or':
      return expr.operands;
    case 'Not':
    case 'Known':
    case 'Presence':
      return [expr.operand];
    case 'Quantifier':
      return [expr.collection, expr.body];
    case 'If':
      return [expr.condition, expr.then, expr.else];
    case 'Else':
      return [expr.value, expr.fallback];
    case 'Set':
      return expr.elements;
    // What stands in a pattern is asked of its events, and only its key of the request.
    case 'History':
      return patternsOf(expr.term).flatMap(({ key }) => key?.ofRequest ?? []);
    default:
      return unreachable(expr);
  }
}

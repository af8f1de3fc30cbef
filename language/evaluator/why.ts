// Finds the paths and tables that made a condition unknown. It visits all unknown operands, so that
// the order of operands makes no difference.

import type { Expr } from '../model/model.ts';
import { collectExprs, isOverElements, listOperands } from '../model/operands.ts';
import { collectReads, spellPath } from '../model/reads.ts';
import { type ExpressionEvaluator, isUsable } from './expressions.ts';

/** The paths, tables and history terms that made a condition unknown. */
export function collectUnknownPaths(
  expr: Expr,
  expressions: ExpressionEvaluator,
): ReadonlySet<string> {
  const found = new Set<string>();
  const pending = [expr];
  const seen = new Set<Expr>();
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    pending.push(...collect(next, expressions, found));
  }
  return found;
}

/** Adds what an unknown expression names itself, and returns the operands to visit. */
function collect(
  expr: Expr,
  expressions: ExpressionEvaluator,
  found: Set<string>,
): readonly Expr[] {
  const isUnknown = (part: Expr) => !isUsable(expressions.evaluate(part).value);
  if (!isUnknown(expr)) return [];
  if (expr.kind === 'History') found.add(expr.term.text);
  if (isOverElements(expr)) {
    if (expressions.evaluate(expr.collection).value === undefined) return [expr.collection];
    // An aggregate is also unknown because of how many elements there are.
    const parts = expr.kind === 'Aggregate' ? listOperands(expr) : [expr.body];
    for (const path of collectReads(parts)) found.add(path);
    return [];
  }
  const unknown = listOperands(expr).filter(isUnknown);
  if (expr.kind === 'Read' && unknown.length === 0) found.add(spellPath(expr));
  if (expr.kind === 'Lookup' && unknown.length === 0) found.add(`table.${expr.table.name}`);
  if (expr.kind === 'Compare' && unknown.length === 0) collectFuture(expr, found);
  // Nothing is known about the zone at that instant.
  if ((expr.kind === 'InWindow' || expr.kind === 'Calendar') && unknown.length === 0)
    for (const path of collectReads([expr.of])) found.add(path);
  return unknown;
}

/** Both sides have values: an age is unknown because its instant is in the future. */
function collectFuture(expr: Expr & { kind: 'Compare' }, found: Set<string>): void {
  for (const side of [expr.left, expr.right]) {
    for (const path of listAgeReads(side)) found.add(path);
  }
}

function listAgeReads(side: Expr): readonly string[] {
  return [...collectExprs([side])].flatMap((part) =>
    part.kind === 'Age' ? [...collectReads([part.of])] : [],
  );
}

// Which paths and tables made a condition unknown: those of its unknown operands, all the way down,
// so that the order of operands makes no difference.

import { operandsOf } from '../operands.ts';
import type { Expr } from '../model.ts';
import { pathOf, readsOf } from '../reads.ts';
import type { Expressions } from './expressions.ts';

export function unknownPaths(expr: Expr, expressions: Expressions): ReadonlySet<string> {
  const found = new Set<string>();
  collect(expr, expressions, found);
  return found;
}

function collect(expr: Expr, expressions: Expressions, found: Set<string>): void {
  if (expressions.evaluate(expr).value !== undefined) return;
  if (expr.kind === 'Read') found.add(pathOf(expr));
  if (expr.kind === 'Quantifier') return collectQuantifier(expr, expressions, found);
  const operands = operandsOf(expr);
  const unknown = operands.filter((operand) => expressions.evaluate(operand).value === undefined);
  for (const operand of unknown) collect(operand, expressions, found);
  if (expr.kind === 'Lookup' && unknown.length === 0) found.add(`table.${expr.table.name}`);
  if (expr.kind === 'Compare' && unknown.length === 0) collectFuture(expr, found);
}

/** Of a quantifier: the collection when that is unknown, else all that its body reads. */
function collectQuantifier(
  expr: Expr & { kind: 'Quantifier' },
  expressions: Expressions,
  found: Set<string>,
): void {
  if (expressions.evaluate(expr.collection).value === undefined) {
    collect(expr.collection, expressions, found);
  } else for (const path of readsOf([expr.body])) found.add(path);
}

/** Both sides have values: an age is unknown because its instant lies ahead. */
function collectFuture(expr: Expr & { kind: 'Compare' }, found: Set<string>): void {
  for (const side of [expr.left, expr.right]) {
    for (const path of agesIn(side)) found.add(path);
  }
}

function agesIn(expr: Expr): readonly string[] {
  if (expr.kind === 'Age') return [...readsOf([expr.of])];
  return operandsOf(expr).flatMap(agesIn);
}

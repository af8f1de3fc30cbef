// The sizes and lengths that conditions compare with constants, so that only some of their values are distinguished.

import { type ApplyExpr, type Expr, findRole, listOperands } from '@nhipol/language/model';
import { unbindExpr } from './flow.ts';

/** Sizes and lengths are distinguished up to this one. */
export const maxThreshold = 24;

/** Sizes and lengths that are compared with constants only, with these. `roots`: expressions that nothing contains. */
export function listThresholds(
  exprs: ReadonlySet<Expr>,
  roots: readonly Expr[],
): ReadonlyMap<ApplyExpr, readonly number[]> {
  const thresholds = new Map<ApplyExpr, number[]>();
  const others = new Set<ApplyExpr>();
  for (const root of roots) {
    const measure = findMeasured(root);
    if (measure !== undefined) others.add(measure);
  }
  for (const expr of exprs) {
    if (expr.kind === 'Binding') continue;
    for (const operand of listComparedOperands(expr)) {
      const measure = findMeasured(operand);
      if (measure === undefined) continue;
      const other =
        expr.kind === 'Compare' ? unbindExpr(operand === expr.left ? expr.right : expr.left) : expr;
      if (other.kind !== 'Constant' || (other.value as bigint) > BigInt(maxThreshold))
        others.add(measure);
      else
        thresholds.set(measure, [
          ...(thresholds.get(measure) ?? []),
          Math.max(0, Number(other.value)),
        ]);
    }
  }
  for (const measure of others) thresholds.delete(measure);
  return thresholds;
}

/** Returns a size or length. */
function findMeasured(expr: Expr): ApplyExpr | undefined {
  const measured = unbindExpr(expr);
  const role = findRole(measured);
  return measured.kind === 'Apply' && (role === 'count' || role === 'length')
    ? measured
    : undefined;
}

function listComparedOperands(expr: Expr): readonly Expr[] {
  return expr.kind === 'Compare' ? [expr.left, expr.right] : listOperands(expr);
}

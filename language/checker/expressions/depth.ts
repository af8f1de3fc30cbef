// Measures how deeply an expression is nested, including the `let`s that it uses: recursive
// functions need a bound.

import type { Expr } from '../../model/model.ts';
import { listOperands } from '../../model/operands.ts';

/** The maximum number of levels in an expression and the `let`s that it uses. */
export const depthLimit = 600;

const depths = new WeakMap<Expr, number>();

/** Called for each `let` in turn, so that it never descends further than one of them. */
export function measureDepth(expr: Expr): number {
  const before = depths.get(expr);
  if (before !== undefined) return before;
  const depth = 1 + Math.max(0, ...listOperands(expr).map(measureDepth));
  depths.set(expr, depth);
  return depth;
}

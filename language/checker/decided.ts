// Comparisons that every request decides alike, told from the ranges of their operands: they are
// legal, and hardly what their author meant.

import type { Comparison, Expr } from '../model.ts';
import { isConstant } from '../operands.ts';
import type { Span } from '../source.ts';
import { showRange, type Type } from '../types.ts';
import { showValue } from '../values.ts';
import type { Context } from './context.ts';
import { decidedWorth, intervalOf } from './intervals.ts';

/** Two constants are passed over: they are written to be compared, as in a switch of one's own. */
export function reportDecided(
  context: Context,
  operator: Comparison,
  left: Expr,
  right: Expr,
  span: Span,
): void {
  const worth = decidedWorth(operator, left, right);
  if (worth === undefined || (isConstant(left) && isConstant(right))) return;
  context.reporter.report('decided-comparison', span, {
    worth,
    left: showInterval(left),
    right: showInterval(right),
  });
}

function showInterval(expr: Expr): string {
  const { min, max } = intervalOf(expr);
  const { type } = expr;
  if (min === max) return `\`${showValue(type, min)}\``;
  return type.kind === 'Int' || type.kind === 'Decimal'
    ? `\`${showRange(type, { min, max })}\``
    : `${showEnd(type, min)} to ${showEnd(type, max)}`;
}

function showEnd(type: Type, value: bigint): string {
  return `\`${showValue(type, value)}\``;
}

// Warns of comparisons that have the same result in every request, as the ranges of their operands
// show: they are legal, but probably not intended.

import type { Comparison, Expr } from '../../model/model.ts';
import { isConstant } from '../../model/operands.ts';
import type { BinaryNode } from '../../syntax/ast.ts';
import { showRange, type Type } from '../../types/types.ts';
import { showValue } from '../../types/values.ts';
import type { Context } from '../context.ts';
import { decideComparison, inferInterval } from './intervals.ts';
import { relateType } from './typed-by.ts';

/**
 * Comparisons of two constants are not reported: they are written on purpose, for example as a
 * switch.
 */
export function reportDecided(
  context: Context,
  operator: Comparison,
  left: Expr,
  right: Expr,
  node: BinaryNode,
): void {
  const result = decideComparison(operator, left, right);
  if (result === undefined || (isConstant(left) && isConstant(right))) return;
  context.reporter.report(
    'decided-comparison',
    node.span,
    { worth: result, left: showInterval(left), right: showInterval(right) },
    {
      related: [...relateType(context, node.left, left), ...relateType(context, node.right, right)],
    },
  );
}

function showInterval(expr: Expr): string {
  const { min, max } = inferInterval(expr);
  const { type } = expr;
  if (min === max) return `\`${showValue(type, min)}\``;
  return type.kind === 'Int' || type.kind === 'Decimal'
    ? `\`${showRange(type, { min, max })}\``
    : `${showEnd(type, min)} to ${showEnd(type, max)}`;
}

function showEnd(type: Type, value: bigint): string {
  return `\`${showValue(type, value)}\``;
}

// Finds the left operand of an `implies`, which the model represents as `not a or b`, so that tools show
// conditions as they are written.

import type { Expr, JunctionExpr, PolicyModel } from './model.ts';
import { readLineText } from './place.ts';

/** Returns the left operand of an `implies`; undefined for other junctions. */
export function findAssumption(
  { kind, operands }: JunctionExpr,
  policy: PolicyModel,
): Expr | undefined {
  const [first, second] = operands;
  if (kind !== 'Or' || first?.kind !== 'Not' || second === undefined) return undefined;
  const between = { ...first.span, start: first.span.end, end: second.span.start };
  return /\bimplies\b/.test(readLineText(policy, between)) ? first.operand : undefined;
}

// The premise of an `implies`, which is checked as `not a or b`: whoever shows a condition shows what was
// written.

import type { Expr, JunctionExpr, Policy } from './model.ts';
import { textOnLine } from './place.ts';

/** undefined: it is another junction. */
export function assumptionOf({ kind, operands }: JunctionExpr, policy: Policy): Expr | undefined {
  const [first, second] = operands;
  if (kind !== 'Or' || first?.kind !== 'Not' || second === undefined) return undefined;
  const between = { ...first.span, start: first.span.end, end: second.span.start };
  return /\bimplies\b/.test(textOnLine(policy, between)) ? first.operand : undefined;
}

// How each rule contributes to an answer: whether it fires, by the value of its condition. Rules that do not apply to
// the request do not fire.

import type { RuleEffect } from '@nhipol/language';
import type { Expr, PolicyModel } from '@nhipol/language/model';
import { strictness } from '@nhipol/runtime/abi';
import type { GeneratedRequest } from '../generate/requests.ts';
import { ask } from '../runner/ask.ts';

/** How strictly each contributes to an answer, by the strictness of its effect; -1: not at all. */
export type Strictness = ReadonlyMap<RuleEffect, number>;

export function measureStrictness(
  policy: PolicyModel,
  ruleEffects: readonly RuleEffect[],
  request: GeneratedRequest,
): Strictness {
  const values = new Map<Expr, unknown>();
  ask(policy, request, {
    expression: (expr, { value }) => values.set(expr, value),
  });
  return new Map(
    ruleEffects.map((ruleEffect) => [ruleEffect, measureRuleStrictness(ruleEffect, values)]),
  );
}

/** The strictness of a rule according to the contributions that are evaluated. */
function measureRuleStrictness(ruleEffect: RuleEffect, values: ReadonlyMap<Expr, unknown>): number {
  const { condition, effect = 'narrow', permits, within, skipsUnknown } = ruleEffect;
  const value = values.get(condition);
  const isCertain = value === true;
  if (!values.has(condition) || value === false) return -1;
  if ((permits || skipsUnknown) && !isCertain) return -1;
  if (effect === 'revoke') return strictness(isCertain ? 'revoke' : 'deny');
  const stands = permits || within.every((part) => values.get(part) === true);
  return strictness(stands ? effect : 'deny');
}

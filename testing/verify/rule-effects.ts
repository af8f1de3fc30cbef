// How each rule contributes to an answer: whether it fires, by the value of its condition, and what it reads of
// the request. Rules that do not apply to the request do not fire.

import { type EffectName, strictness } from '@nhipol/runtime/abi';
import {
  type Expr,
  everyExpr,
  type Policy,
  type Rule,
  type ScoreCondition,
} from '../../language/index.ts';
import type { GeneratedRequest } from '../generate/requests.ts';
import { ask } from '../runner/ask.ts';

/** A rule, or a condition of a score, which counts as restricting. */
export interface RuleEffect {
  readonly of: Rule | ScoreCondition;
  readonly permits: boolean;
  readonly condition: Expr;
  /** Conditions that must be true for it to have its written effect, and not a deny. */
  readonly within: readonly Expr[];
  readonly skipsUnknown: boolean;
  /** The written effect; a condition of a score has none. */
  readonly effect: EffectName | undefined;
}

export function ruleEffectsOf(policy: Policy): readonly RuleEffect[] {
  return [
    ...policy.rules.map((rule) => ({
      of: rule,
      permits: rule.effect === 'permit',
      condition: rule.condition,
      within: [rule.narrowing?.inside ?? [], rule.remainsChallenge ?? []].flat(),
      skipsUnknown: rule.skipUnknown,
      effect: rule.effect,
    })),
    ...policy.scores.flatMap(({ conditions }) =>
      conditions.map((each) => ({
        of: each,
        permits: false,
        condition: each.condition,
        within: [],
        skipsUnknown: false,
        effect: undefined,
      })),
    ),
  ];
}

/** How strictly each contributes to an answer, by the strictness of its effect; -1: not at all. */
export type Strictness = ReadonlyMap<RuleEffect, number>;

export function strictnessOf(
  policy: Policy,
  ruleEffects: readonly RuleEffect[],
  request: GeneratedRequest,
): Strictness {
  const values = new Map<Expr, unknown>();
  ask(policy, request, {
    expression: (expr, { value }) => values.set(expr, value),
  });
  return new Map(ruleEffects.map((ruleEffect) => [ruleEffect, strictnessIn(ruleEffect, values)]));
}

/** The strictness of a rule according to the contributions that are evaluated. */
function strictnessIn(ruleEffect: RuleEffect, values: ReadonlyMap<Expr, unknown>): number {
  const { condition, effect = 'narrow', permits, within, skipsUnknown } = ruleEffect;
  const value = values.get(condition);
  const isCertain = value === true;
  if (!values.has(condition) || value === false) return -1;
  if ((permits || skipsUnknown) && !isCertain) return -1;
  if (effect === 'revoke') return strictness(isCertain ? 'revoke' : 'deny');
  const stands = permits || within.every((part) => values.get(part) === true);
  return strictness(stands ? effect : 'deny');
}

/** Everything that the firing of a rule depends on. */
export function partsOf({ condition, within }: RuleEffect): Iterable<Expr> {
  return everyExpr([condition, ...within]);
}

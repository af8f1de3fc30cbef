// Which rules bear on an answer, told one by one: whether each fires, by the worth of its condition,
// and what of the request it reads. Rules that are not about the request do not fire.

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
export interface Bearing {
  readonly of: Rule | ScoreCondition;
  readonly permits: boolean;
  readonly condition: Expr;
  /** What must hold of it for it to stand as what it is written as, and not as a deny. */
  readonly within: readonly Expr[];
  readonly skipsUnknown: boolean;
  /** As it is written; a condition of a score has none of its own. */
  readonly effect: EffectName | undefined;
}

export function bearingsOf(policy: Policy): readonly Bearing[] {
  return [
    ...policy.rules.map((rule) => ({
      of: rule,
      permits: rule.effect === 'permit',
      condition: rule.condition,
      within: [rule.narrowing?.inside ?? [], rule.answerable ?? []].flat(),
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

/** How strictly each bears on an answer: the strictness of its effect then; -1: not at all. */
export type Strictness = ReadonlyMap<Bearing, number>;

export function strictnessOf(
  policy: Policy,
  bearings: readonly Bearing[],
  request: GeneratedRequest,
): Strictness {
  const values = new Map<Expr, unknown>();
  ask(policy, request, {
    expression: (expr, { value }) => values.set(expr, value),
  });
  return new Map(bearings.map((bearing) => [bearing, strictnessIn(bearing, values)]));
}

/** As the halves in which a rule is judged. */
function strictnessIn(bearing: Bearing, values: ReadonlyMap<Expr, unknown>): number {
  const { condition, effect = 'narrow', permits, within, skipsUnknown } = bearing;
  const value = values.get(condition);
  const isCertain = value === true;
  if (!values.has(condition) || value === false) return -1;
  if ((permits || skipsUnknown) && !isCertain) return -1;
  if (effect === 'revoke') return strictness(isCertain ? 'revoke' : 'deny');
  const stands = permits || within.every((part) => values.get(part) === true);
  return strictness(stands ? effect : 'deny');
}

/** All that a rule's firing depends on. */
export function partsOf({ condition, within }: Bearing): Iterable<Expr> {
  return everyExpr([condition, ...within]);
}

// How the rules of a policy contribute to an answer, and how a rule explicitly states what a missing fact means: by a
// test of presence, `given`, `else`, a default or `if unknown skip`.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Expr, PolicyModel, Rule, Scope, ScoreCondition } from '../../model/model.ts';
import { collectExprs } from '../../model/operands.ts';
import { collectReads, spellPath } from '../../model/reads.ts';
import { isEnclosingPath } from '../rules.ts';

/** A rule, or a condition of a score, which counts as restricting. */
export interface RuleEffect {
  readonly of: Rule | ScoreCondition;
  readonly scope: Scope;
  readonly permits: boolean;
  readonly condition: Expr;
  /** Conditions that must be true for it to have its written effect, and not a deny. */
  readonly within: readonly Expr[];
  readonly skipsUnknown: boolean;
  /** The written effect; a condition of a score has none. */
  readonly effect: EffectName | undefined;
}

export function listRuleEffects(policy: PolicyModel): readonly RuleEffect[] {
  return [
    ...policy.rules.map((rule) => ({
      of: rule,
      scope: rule.scope,
      permits: rule.effect === 'permit',
      condition: rule.condition,
      within: [rule.narrowing?.inside ?? [], rule.remainsChallenge ?? []].flat(),
      skipsUnknown: rule.skipUnknown,
      effect: rule.effect,
    })),
    ...policy.scores.flatMap(({ conditions, scope }) =>
      conditions.map((condition) => ({
        of: condition,
        scope,
        permits: false,
        condition: condition.condition,
        within: [],
        skipsUnknown: false,
        effect: undefined,
      })),
    ),
  ];
}

/** Everything that the firing of a rule depends on. */
export function listEffectParts({ condition, within }: RuleEffect): Iterable<Expr> {
  return collectExprs([condition, ...within]);
}

/** How a rule explicitly handles the missing fact, or `undefined` if it does not. */
export function describeHandling(ruleEffect: RuleEffect, path: string): string | undefined {
  const parts = [...listEffectParts(ruleEffect)];
  const concerns = (exprs: readonly Expr[]) =>
    [...collectReads(exprs)].some(
      (read) => isEnclosingPath(path, read) || isEnclosingPath(read, path),
    );
  for (const part of parts) {
    if (part.kind === 'Presence' && concerns([part.operand])) {
      return `tests whether it ${part.present ? '`is present`' : '`is missing`'}`;
    }
    if (part.kind === 'Known' && concerns([part.operand])) return 'tests whether it is known';
    if (part.kind === 'Else' && concerns([part.value])) return 'has `else`';
  }
  if (ruleEffect.skipsUnknown && concerns(parts)) return 'has `if unknown skip`';
  const isDefault = parts.some(
    (part) =>
      part.kind === 'Read' &&
      part.members.at(-1)?.default !== undefined &&
      isEnclosingPath(path, spellPath(part)),
  );
  return isDefault ? 'uses its default' : undefined;
}

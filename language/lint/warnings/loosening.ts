// Finds the ways in which a rule can restrict less, or grant more, once something is withheld. Each
// way is a list of claims about one request; claims about the time after use the expressions that
// remain.

import type { Comparison, Expr, Setting } from '../../model/model.ts';
import { invariant } from '../../support/invariant.ts';
import { builtins } from '../../types/builtins/index.ts';
import { bool } from '../../types/types.ts';
import type { TruthClaim } from '../reasoning/assumptions.ts';
import { leads } from '../reasoning/pairs.ts';
import { onlyFalse, onlyTrue, onlyUnknown } from '../reasoning/truth-set.ts';
import type { WithheldEvaluation } from '../reasoning/withheld.ts';
import { withoutElse } from '../reasoning/without-else.ts';
import type { RuleInfo } from '../rules.ts';

/** One way in which a rule can restrict less or grant more. */
export interface Loosening {
  /**
   * `silent`: a restriction is lost. `grants`: a permit fires, or a narrow or challenge that was a
   * deny. `value`: a constraint is looser.
   */
  readonly kind: 'silent' | 'grants' | 'value';
  /** The effect on the rule, for messages. */
  readonly does: string;
  readonly claims: readonly TruthClaim[];
  /** The part of the rule, as written, that contains the cause. */
  readonly within: (judged: RuleInfo) => Expr;
}

const isNotTrue = onlyFalse | onlyUnknown;

export function listLoosenings(
  judged: RuleInfo,
  withholding: WithheldEvaluation,
): readonly Loosening[] {
  return judged.effect === 'permit'
    ? findGranting(judged, withholding)
    : [...findSilencing(judged, withholding), ...findLoosening(judged, withholding)];
}

function getCondition({ condition }: RuleInfo): Expr {
  return condition;
}

/** The condition under which a narrow or a challenge fires with its own effect. */
export function findInnerCondition({ narrowing, rule }: RuleInfo): Expr | undefined {
  return narrowing?.inside ?? rule?.remainsChallenge;
}

/** The same rule with its conditions rewritten by `withoutElse`. */
export function removeRuleElse(judged: RuleInfo): RuleInfo {
  const { condition, narrowing, rule } = judged;
  return {
    ...judged,
    condition: withoutElse(condition),
    narrowing: narrowing && { ...narrowing, inside: withoutElse(narrowing.inside) },
    rule: rule && {
      ...rule,
      remainsChallenge: rule.remainsChallenge && withoutElse(rule.remainsChallenge),
    },
  };
}

function findGranting(
  { condition }: RuleInfo,
  withholding: WithheldEvaluation,
): readonly Loosening[] {
  const { after, pairs } = withholding.of(condition);
  if (!leads(pairs, isNotTrue, onlyTrue)) return [];
  const claims = [
    { expr: after, wanted: onlyTrue },
    { expr: condition, wanted: isNotTrue },
  ];
  return [{ kind: 'grants', does: 'fires', claims, within: getCondition }];
}

function findSilencing(judged: RuleInfo, withholding: WithheldEvaluation): readonly Loosening[] {
  const { condition, fires, silent, matters } = judged;
  const { after, pairs } = withholding.of(condition);
  if (!matters || !leads(pairs, fires, silent)) return [];
  const claims = [
    { expr: after, wanted: silent },
    { expr: condition, wanted: fires },
  ];
  return [{ kind: 'silent', does: 'does not fire', claims, within: getCondition }];
}

/**
 * Ways of a rule that fires both before and after: no longer as `deny`, or with looser constraints.
 */
function findLoosening(judged: RuleInfo, withholding: WithheldEvaluation): readonly Loosening[] {
  const { condition, fires, narrowing } = judged;
  const inside = findInnerCondition(judged);
  if (inside === undefined) return [];
  const firing: readonly TruthClaim[] = [
    { expr: withholding.of(condition).after, wanted: fires },
    { expr: condition, wanted: fires },
  ];
  const loosenings: Loosening[] = [];
  const remaining = withholding.of(inside);
  for (const setting of narrowing?.settings ?? []) {
    const value = withholding.of(setting.value);
    // Fewer elements are stricter.
    if (value.change !== 'any' || value.trend === 'smaller') continue;
    const claims = [
      ...firing,
      { expr: inside, wanted: onlyTrue },
      { expr: remaining.after, wanted: onlyTrue },
      { expr: withoutElse(isLooser(setting, value.after)), wanted: onlyTrue },
    ];
    const does = `sets a looser \`${setting.constraint.name}\``;
    loosenings.push({ kind: 'value', does, claims, within: () => setting.value });
  }
  if (leads(remaining.pairs, isNotTrue, onlyTrue)) {
    const does =
      narrowing === undefined ? 'challenges instead of denying' : 'narrows instead of denying';
    const claims = [
      ...firing,
      { expr: remaining.after, wanted: onlyTrue },
      { expr: inside, wanted: isNotTrue },
    ];
    loosenings.push({
      kind: 'grants',
      does,
      claims,
      within: (ruleInfo) => findInnerCondition(ruleInfo) ?? inside,
    });
  }
  return loosenings;
}

/** Values that must agree have no order: any other value may avoid a conflict. */
function isLooser({ constraint, value }: Setting, after: Expr): Expr {
  const { type, span } = value;
  if (type.kind === 'Set') {
    const builtin = builtins.get('not within')?.resolve([type, type]);
    invariant(builtin !== undefined, 'sets can be compared');
    return { kind: 'Apply', builtin, args: [after, value], type: bool, span };
  }
  const operators: Readonly<Record<string, Comparison>> = {
    'must agree': 'is not',
    'largest wins': '<',
  };
  const operator = operators[constraint.merge] ?? '>';
  return { kind: 'Compare', operator, left: after, right: value, type: bool, span };
}

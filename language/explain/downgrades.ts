// Explains why a rule became a `deny`: a revoke that is only possible, or a narrow or challenge
// without something that it certainly needs to fire as itself.

import { mergeSettings } from '../evaluator/merge.ts';
import type { Demand, Expr, Narrowing, Rule, Score, Setting } from '../model/model.ts';
import { typeName } from '../types/types.ts';
import type { Downgrade } from './explanation.ts';
import { type Judged, makeRuleRef } from './judged.ts';
import { explainCondition, splitConjunction } from './parts.ts';
import type { EvaluationView } from './view.ts';

const uncertain: Downgrade = {
  kind: 'uncertain',
  says: 'a revoke needs a condition that is certainly true',
};

/** Explains a rule that fired as `deny`. */
export function explainDowngrades(
  rule: Rule,
  judged: readonly Judged[],
  view: EvaluationView,
): readonly Downgrade[] {
  if (rule.effect === 'revoke') return [uncertain];
  if (rule.narrowing !== undefined) {
    return downgradesOfNarrowing(rule.narrowing, rule.demands, judged, view);
  }
  return listFailing(rule.remainsChallenge, view).map((expr) =>
    downgradeOfObligation(expr, rule.demands, view),
  );
}

/** Explains a score whose band fired as `deny` and declares another effect. */
export function downgradesOfScore(
  score: Score,
  judged: readonly Judged[],
  view: EvaluationView,
): readonly Downgrade[] {
  const certain = sumWeights(score, view, (value) => value === true);
  const possible = sumWeights(score, view, (value) => value !== false);
  const revoke = score.bands.find(({ effect }) => effect === 'revoke');
  if (revoke !== undefined && revoke.from <= possible)
    return certain < revoke.from ? [uncertain] : [];
  const band = score.bands.findLast(({ from }) => from <= possible);
  return band?.narrowing === undefined
    ? []
    : downgradesOfNarrowing(band.narrowing, [], judged, view);
}

/** Sums the weights of the conditions that count. */
export function sumWeights(
  score: Score,
  view: EvaluationView,
  counts: (value: boolean | undefined) => boolean,
): bigint {
  return score.conditions.reduce(
    (sum, { weight, condition }) => sum + (counts(view.truth(condition)) ? weight : 0n),
    0n,
  );
}

function downgradesOfNarrowing(
  narrowing: Narrowing,
  demands: readonly Demand[],
  judged: readonly Judged[],
  view: EvaluationView,
): readonly Downgrade[] {
  const failed = listFailing(narrowing.inside, view);
  if (failed.length === 0) return listConflicts(narrowing, judged, view);
  return failed.map((expr) => {
    const setting = narrowing.settings.find(({ value }) => hasOperand(expr, value));
    if (setting !== undefined) return downgradeOfSetting(expr, setting, view);
    return demands.some((demand) => isDemandedValue(expr, demand))
      ? downgradeOfObligation(expr, demands, view)
      : {
          kind: 'unless',
          part: explainCondition(expr, view),
          says: 'the condition after `or deny unless` is not certainly true',
        };
  });
}

function listFailing(expr: Expr | undefined, view: EvaluationView): readonly Expr[] {
  if (expr === undefined) return [];
  return splitConjunction(expr).filter((each) => view.truth(each) !== true);
}

/** A condition on a value contains the same expression object, not an equal one. */
function hasOperand(expr: Expr, value: Expr): boolean {
  if (expr.kind === 'Compare') return expr.left === value || expr.right === value;
  if (expr.kind === 'Apply') return expr.args.includes(value);
  return expr.kind === 'Quantifier' && expr.collection === value;
}

function downgradeOfSetting(
  expr: Expr,
  { constraint, value }: Setting,
  view: EvaluationView,
): Downgrade {
  const { name, type } = constraint;
  const part = explainCondition(expr, view);
  if (view.value(value) === undefined) {
    return { kind: 'value', constraint: name, part, says: `the value of \`${name}\` is unknown` };
  }
  const limited = findLimitedValue(expr, value);
  if (limited === undefined) {
    const says = `the value of \`${name}\` is not of type ${typeName(type)}`;
    return { kind: 'range', constraint: name, part, says };
  }
  const [path, bound] = [
    [constraint.limits?.root, ...(constraint.limits?.names ?? [])].join('.'),
    view.formatValue(value),
  ];
  const present = view.formatValue(limited);
  const says = `\`${path}\` is ${present ?? 'unknown'}, and \`${name}\` limits it to ${bound}`;
  return { kind: 'limit', constraint: name, part, says };
}

/** The present value, if the condition compares it with the value of the constraint. */
function findLimitedValue(expr: Expr, value: Expr): Expr | undefined {
  const [left, right] =
    expr.kind === 'Compare' ? [expr.left, expr.right] : expr.kind === 'Apply' ? expr.args : [];
  return right === value && left !== value ? left : undefined;
}

function isDemandedValue(expr: Expr, { properties }: Demand): boolean {
  return properties.some(({ value }) => hasOperand(expr, value));
}

function downgradeOfObligation(
  expr: Expr,
  demands: readonly Demand[],
  view: EvaluationView,
): Downgrade {
  const demand = demands.find((each) => isDemandedValue(expr, each));
  const property = demand?.properties.find(({ value }) => hasOperand(expr, value));
  const says = `\`${property?.name}\` of \`${demand?.obligation.name}\` is unknown`;
  return { kind: 'asks', part: explainCondition(expr, view), says };
}

/** Lists the settings of all narrows that fired, for each constraint that could not be merged. */
function listConflicts(
  narrowing: Narrowing,
  judged: readonly Judged[],
  view: EvaluationView,
): readonly Downgrade[] {
  const settings = judged
    .filter(({ contribution, narrowing: own }) => contribution.fired && own !== undefined)
    .flatMap((each) =>
      (each.narrowing?.settings ?? []).map((setting) => ({
        setting,
        ref: makeRuleRef(each, view),
      })),
    );
  const { conflicts } = mergeSettings(
    settings.map(({ setting }) => setting),
    view.expressions,
  );
  return narrowing.settings
    .filter(({ constraint }) => conflicts.has(constraint))
    .map(({ constraint }) => ({
      kind: 'conflict',
      constraint: constraint.name,
      settings: settings
        .filter(({ setting }) => setting.constraint === constraint)
        .map(({ setting, ref }) => ({
          ...ref,
          value: view.formatValue(setting.value) ?? 'unknown',
        })),
      says: `the values of \`${constraint.name}\` cannot be merged`,
    }));
}

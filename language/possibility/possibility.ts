// The possibility form of a policy: for a request whose absent members are open, it permits if some completion of the
// request may be permitted, and otherwise denies for the rules that restrict every completion. A permit counts if its
// condition can be true, a restricting rule only if it fires in every completion.

import type { Band, Expr, Narrowing, PolicyModel, Rule, Score } from '../model/model.ts';
import { mayConflict, mayDeny } from '../model/reads.ts';
import { joinAll, joinSome, makeTruth, negateTruth } from './logic.ts';
import { TruthConditionBuilder } from './outcomes.ts';

const forms = new WeakMap<PolicyModel, PolicyModel>();

/** The possibility form; its rules and scores are the policy's, in the same order. */
export function toPossibilityForm(policy: PolicyModel): PolicyModel {
  const cachedForm = forms.get(policy);
  if (cachedForm !== undefined) return cachedForm;
  const outcomes = new TruthConditionBuilder(policy);
  const form = {
    ...policy,
    rules: policy.rules.map((rule) => toPossibleRule(rule, outcomes)),
    scores: policy.scores.map((score) => toPossibleScore(score, outcomes)),
  };
  forms.set(policy, form);
  return form;
}

function toPossibleRule(rule: Rule, outcomes: TruthConditionBuilder): Rule {
  const { effect, condition, narrowing, span } = rule;
  const plainRule: Rule = {
    ...rule,
    skipUnknown: false,
    narrowing: undefined,
    demands: [],
    remainsChallenge: undefined,
  };
  if (effect === 'permit') return { ...plainRule, condition: outcomes.of(condition).true };
  const fires = firesAlways(rule, outcomes);
  if (narrowing === undefined) return { ...plainRule, effect: 'deny', condition: fires };
  const denies = negateTruth(outcomes.of(narrowing.inside).true);
  if (!mayConflict(narrowing)) {
    return { ...plainRule, effect: 'deny', condition: joinAll([fires, denies], span) };
  }
  // A narrow that remains one in every completion can conflict with another one.
  const remains = remainsAlways(narrowing, outcomes);
  return {
    ...plainRule,
    condition: joinAll([fires, joinSome([denies, remains], span)], span),
    narrowing: { ...narrowing, inside: remains, lowering: undefined },
  };
}

/** Whether a restricting rule fires in every completion, with its own effect or a stricter one. */
function firesAlways(
  { condition, skipUnknown, span }: Rule,
  outcomes: TruthConditionBuilder,
): Expr {
  const { false: isFalse, unknown } = outcomes.of(condition);
  return negateTruth(skipUnknown ? joinSome([isFalse, unknown], span) : isFalse);
}

/** Whether a narrow that fires does not deny in any completion, and sets the same values in all. */
function remainsAlways({ inside, settings }: Narrowing, outcomes: TruthConditionBuilder): Expr {
  const { false: isFalse, unknown } = outcomes.of(inside);
  const open = settings.map(({ value }) => outcomes.isOpen(value));
  return negateTruth(joinSome([isFalse, unknown, ...open], inside.span));
}

/**
 * The conditions that count in every completion reach a band. If there are others, the band of a completion can be a
 * higher one, which is stricter, but another narrow sets other values: so narrow bands do not conflict.
 */
function toPossibleScore(score: Score, outcomes: TruthConditionBuilder): Score {
  const { span } = score;
  const counted = score.conditions.map(({ condition }) => outcomes.of(condition));
  const certain = joinAll(
    counted.map((truthConditions) =>
      joinSome(
        [
          negateTruth(truthConditions.false),
          negateTruth(joinSome([truthConditions.true, truthConditions.unknown], span)),
        ],
        span,
      ),
    ),
    span,
  );
  const bands = score.bands.map((band): Band => {
    const { narrowing } = band;
    if (narrowing === undefined) return { ...band, effect: 'deny' };
    const remains = mayDeny(narrowing)
      ? joinSome([negateTruth(certain), outcomes.of(narrowing.inside).true], span)
      : makeTruth(true, span);
    return { ...band, narrowing: { settings: [], inside: remains, lowering: undefined } };
  });
  const conditions = score.conditions.map((condition, index) => ({
    ...condition,
    condition: negateTruth(counted[index]?.false ?? makeTruth(false, span)),
  }));
  return { ...score, conditions, bands };
}

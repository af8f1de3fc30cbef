// Evaluates rules and scores one by one: with which effects each of them fires, and when that
// changes.

import type { EffectName } from '@nhipol/runtime/abi';
import type { Band, Demand, Expr, Narrowing, Rule, Score, ScoreCondition } from '../model/model.ts';
import { mayConflict, mayDeny } from '../model/reads.ts';
import { bool } from '../types/types.ts';
import type { Contribution, Reason } from './contribution.ts';
import { type ExpressionEvaluator, joinOutcomes, negate } from './expressions.ts';
import { type EvaluatedValue, findEarliest } from './outcome.ts';

/** Evaluates a rule; returns its contributions, whether they fired or not. */
export function judgeRule(rule: Rule, expressions: ExpressionEvaluator): readonly Contribution[] {
  const outcome = expressions.evaluate(rule.condition);
  const possible = outcome.value === true || (outcome.value === undefined && !rule.skipUnknown);
  const contribution = (effect: EffectName, fired: boolean): Contribution => ({
    by: rule,
    effect,
    fired,
    edge: outcome.edge,
    reasons: [
      createReason(rule, rule.condition, outcome, effect === rule.effect ? rule.demands : []),
    ],
    narrowing: undefined,
    lowered: undefined,
  });
  switch (rule.effect) {
    case 'permit':
      return [contribution('permit', outcome.value === true)];
    case 'challenge':
      return rule.remainsChallenge === undefined
        ? [contribution('challenge', possible)]
        : judgeDowngradable(rule, possible, rule.remainsChallenge, expressions);
    case 'deny':
      return [contribution('deny', possible)];
    case 'revoke':
      return [
        contribution('revoke', outcome.value === true),
        contribution('deny', possible && outcome.value !== true),
      ];
    case 'narrow':
      return judgeDowngradable(rule, possible, (rule.narrowing as Narrowing).inside, expressions);
  }
}

/**
 * A narrow, or a challenge with obligations, is evaluated twice: as itself where its values are
 * certainly known and allowed, and as `deny` elsewhere.
 */
function judgeDowngradable(
  rule: Rule,
  possible: boolean,
  insideExpr: Expr,
  expressions: ExpressionEvaluator,
): readonly Contribution[] {
  const { condition, narrowing } = rule;
  const outcome = expressions.evaluate(condition);
  const inside = expressions.evaluate(insideExpr);
  const insideCondition = createConjunction(condition, insideExpr);
  const outsideCondition = createConjunction(condition, createNegation(insideExpr));
  const insideEdge = expressions.evaluate(insideCondition).edge;
  const outside = expressions.evaluate(outsideCondition);
  const asItself: Contribution = {
    by: rule,
    effect: rule.effect,
    fired: possible && inside.value === true,
    edge: insideEdge,
    reasons: [createReason(rule, condition, outcome, rule.demands)],
    narrowing,
    lowered: undefined,
  };
  if (narrowing !== undefined && !mayDeny(narrowing)) return [asItself];
  const lowering = evaluateLowering(narrowing, outcome, expressions);
  const asDeny: Contribution = {
    by: rule,
    effect: 'deny',
    fired: possible && inside.value !== true,
    // Whether a merge fails also depends on when the narrow itself fires.
    edge: findEarliest(
      outside.edge,
      narrowing !== undefined && mayConflict(narrowing) ? insideEdge : undefined,
      lowering.edge,
    ),
    reasons: [createReason(rule, outsideCondition, outside, [])],
    narrowing: undefined,
    lowered: lowering.value === true ? narrowing : undefined,
  };
  return [asItself, asDeny];
}

/** Whether the rule certainly fires, and would as a narrow if lower values were requested. */
function evaluateLowering(
  narrowing: Narrowing | undefined,
  fires: EvaluatedValue,
  expressions: ExpressionEvaluator,
): EvaluatedValue {
  const { lowering } = narrowing ?? {};
  if (lowering === undefined) return { value: false, edge: undefined };
  return joinOutcomes(false, [fires, expressions.evaluate(lowering.suffices)]);
}

/** Evaluates a score; returns the contributions of its bands, whether they fired or not. */
export function judgeScore(
  score: Score,
  expressions: ExpressionEvaluator,
): readonly Contribution[] {
  const outcomes = score.conditions.map((condition) => expressions.evaluate(condition.condition));
  const sum = (counts: (outcome: EvaluatedValue) => boolean) =>
    score.conditions.reduce(
      (total, { weight }, i) => total + (counts(outcomes[i] as EvaluatedValue) ? weight : 0n),
      0n,
    );
  const certain = sum((outcome) => outcome.value === true);
  const possible = sum((outcome) => outcome.value !== false);
  const edge = findEarliest(...outcomes.map((outcome) => outcome.edge));
  const { winner, isDowngraded } = findReachedBand(score.bands, certain, possible);
  const collectReasons = (certainly: boolean): readonly Reason[] =>
    score.conditions.flatMap((condition, i) => {
      const outcome = outcomes[i] as EvaluatedValue;
      const counts = certainly ? outcome.value === true : outcome.value !== false;
      return counts ? [createReason(condition, condition.condition, outcome, [])] : [];
    });
  const contributions: Contribution[] = [];
  for (const band of score.bands) {
    const fired = band === winner;
    const reasons = collectReasons(band.effect === 'revoke');
    const contribution = { by: band, edge, reasons, narrowing: undefined, lowered: undefined };
    if (band.effect === 'narrow') {
      const reached = { fired, isCertain: certain === possible, edge };
      contributions.push(...evaluateBand(band, reached, collectReasons(false), expressions));
    } else contributions.push({ ...contribution, effect: band.effect, fired });
    if (band.effect === 'revoke') {
      contributions.push({
        ...contribution,
        effect: 'deny',
        fired: isDowngraded,
        reasons: collectReasons(false),
      });
    }
  }
  return contributions;
}

/** Returns the band that is reached, and whether a revoke is only possible, which is a deny. */
export function findReachedBand(
  bands: readonly Band[],
  certain: bigint,
  possible: bigint,
): { readonly winner: Band | undefined; readonly isDowngraded: boolean } {
  const reached = bands.filter(
    ({ from, effect }) => from <= (effect === 'revoke' ? certain : possible),
  );
  const revoking = reached.find(({ effect }) => effect === 'revoke');
  const overshoot = bands.some(({ from, effect }) => effect === 'revoke' && from <= possible);
  return {
    winner: revoking ?? (overshoot ? undefined : reached.at(-1)),
    isDowngraded: overshoot && revoking === undefined,
  };
}

/** Whether the sum reaches a band, with no unknown condition if it is certain. */
interface Reached {
  readonly fired: boolean;
  readonly isCertain: boolean;
  readonly edge: bigint | undefined;
}

function evaluateBand(
  band: Band,
  { fired, isCertain, edge }: Reached,
  reasons: readonly Reason[],
  expressions: ExpressionEvaluator,
): readonly Contribution[] {
  const narrowing = band.narrowing as Narrowing;
  const reached: EvaluatedValue = { value: fired, edge };
  const inside = expressions.evaluate(narrowing.inside);
  const insideEdge = joinOutcomes(false, [reached, inside]).edge;
  const outsideEdge = joinOutcomes(false, [reached, negate(inside)]).edge;
  const asNarrow: Contribution = {
    by: band,
    effect: 'narrow',
    fired: fired && inside.value === true,
    edge: insideEdge,
    reasons,
    narrowing,
    lowered: undefined,
  };
  if (!mayDeny(narrowing)) return [asNarrow];
  const lowering = evaluateLowering(narrowing, { value: fired && isCertain, edge }, expressions);
  const asDeny: Contribution = {
    by: band,
    effect: 'deny',
    fired: fired && inside.value !== true,
    edge: findEarliest(outsideEdge, mayConflict(narrowing) ? insideEdge : undefined, lowering.edge),
    reasons,
    narrowing: undefined,
    lowered: lowering.value === true ? narrowing : undefined,
  };
  return [asNarrow, asDeny];
}

function createReason(
  source: Rule | ScoreCondition,
  condition: Expr,
  outcome: EvaluatedValue,
  demands: readonly Demand[],
): Reason {
  return {
    id: source.id,
    message: source.message,
    span: source.span,
    firedOn: outcome.value === undefined ? 'unknown' : 'true',
    condition,
    demands,
  };
}

function createConjunction(...operands: readonly Expr[]): Expr {
  return { kind: 'And', operands, type: bool, span: (operands[0] as Expr).span };
}

function createNegation(operand: Expr): Expr {
  return { kind: 'Not', operand, type: bool, span: operand.span };
}

// Judging rules and scores one by one: at which effect each half fires, and what it says about time.

import type { EffectName } from '@nhipol/runtime/abi';
import type {
  Band,
  Demand,
  Expr,
  MessagePart,
  Narrowing,
  Rule,
  Score,
  ScoreCondition,
} from '../model/model.ts';
import { mayConflict, mayDeny } from '../model/reads.ts';
import type { Span } from '../support/source.ts';
import { bool } from '../types/types.ts';
import { type Expressions, join, negate } from './expressions.ts';
import { earliest, type Outcome } from './outcome.ts';

/** One way in which a rule or a band of a score can bear on the answer. */
export interface Contribution {
  readonly by: Rule | Band;
  readonly effect: EffectName;
  readonly fired: boolean;
  readonly edge: bigint | undefined;
  readonly reasons: readonly Reason[];
  readonly narrowing: Narrowing | undefined;
}

/** What one id says when it is a reason. */
export interface Reason {
  readonly id: string;
  readonly message: readonly MessagePart[];
  readonly span: Span;
  readonly firedOn: 'true' | 'unknown';
  /** Whose unknown paths are told. */
  readonly condition: Expr;
  /** None where it fires with another effect than it was written with. */
  readonly demands: readonly Demand[];
}

export function judgeRule(rule: Rule, expressions: Expressions): readonly Contribution[] {
  const outcome = expressions.evaluate(rule.condition);
  const possible = outcome.value === true || (outcome.value === undefined && !rule.skipUnknown);
  const half = (effect: EffectName, fired: boolean): Contribution => ({
    by: rule,
    effect,
    fired,
    edge: outcome.edge,
    reasons: [reason(rule, rule.condition, outcome, effect === rule.effect ? rule.demands : [])],
    narrowing: undefined,
  });
  switch (rule.effect) {
    case 'permit':
      return [half('permit', outcome.value === true)];
    case 'challenge':
      return rule.answerable === undefined
        ? [half('challenge', possible)]
        : falling(rule, possible, rule.answerable, expressions);
    case 'deny':
      return [half('deny', possible)];
    case 'revoke':
      return [
        half('revoke', outcome.value === true),
        half('deny', possible && outcome.value !== true),
      ];
    case 'narrow':
      return falling(rule, possible, (rule.narrowing as Narrowing).inside, expressions);
  }
}

/**
 * A narrow, or a challenge that must say something, is judged twice: as itself where it certainly
 * stays inside, as `deny` elsewhere.
 */
function falling(
  rule: Rule,
  possible: boolean,
  insideExpr: Expr,
  expressions: Expressions,
): readonly Contribution[] {
  const { condition, narrowing } = rule;
  const outcome = expressions.evaluate(condition);
  const inside = expressions.evaluate(insideExpr);
  const stands = and(condition, insideExpr);
  const falls = and(condition, not(insideExpr));
  const standsEdge = expressions.evaluate(stands).edge;
  const fallen = expressions.evaluate(falls);
  const asItself: Contribution = {
    by: rule,
    effect: rule.effect,
    fired: possible && inside.value === true,
    edge: standsEdge,
    reasons: [reason(rule, condition, outcome, rule.demands)],
    narrowing,
  };
  if (narrowing !== undefined && !mayDeny(narrowing)) return [asItself];
  const asDeny: Contribution = {
    by: rule,
    effect: 'deny',
    fired: possible && inside.value !== true,
    // A merge that fails depends on when the narrow half fires, too.
    edge:
      narrowing !== undefined && mayConflict(narrowing)
        ? earliest(fallen.edge, standsEdge)
        : fallen.edge,
    reasons: [reason(rule, falls, fallen, [])],
    narrowing: undefined,
  };
  return [asItself, asDeny];
}

export function judgeScore(score: Score, expressions: Expressions): readonly Contribution[] {
  const outcomes = score.conditions.map((condition) => expressions.evaluate(condition.condition));
  const sum = (counts: (outcome: Outcome) => boolean) =>
    score.conditions.reduce(
      (total, { weight }, i) => total + (counts(outcomes[i] as Outcome) ? weight : 0n),
      0n,
    );
  const certain = sum((outcome) => outcome.value === true);
  const possible = sum((outcome) => outcome.value !== false);
  const edge = earliest(...outcomes.map((outcome) => outcome.edge));
  const { winner, isFallen } = reachedBy(score.bands, certain, possible);
  const counted = (certainly: boolean): readonly Reason[] =>
    score.conditions.flatMap((condition, i) => {
      const outcome = outcomes[i] as Outcome;
      const counts = certainly ? outcome.value === true : outcome.value !== false;
      return counts ? [reason(condition, condition.condition, outcome, [])] : [];
    });
  const contributions: Contribution[] = [];
  for (const band of score.bands) {
    const fired = band === winner;
    const reasons = counted(band.effect === 'revoke');
    const half = { by: band, edge, reasons, narrowing: undefined };
    if (band.effect === 'narrow') {
      contributions.push(...bandNarrow(band, fired, edge, counted(false), expressions));
    } else contributions.push({ ...half, effect: band.effect, fired });
    if (band.effect === 'revoke') {
      contributions.push({ ...half, effect: 'deny', fired: isFallen, reasons: counted(false) });
    }
  }
  return contributions;
}

/** The band that stands, and whether a revoke is only possible, which is a deny. */
export function reachedBy(
  bands: readonly Band[],
  certain: bigint,
  possible: bigint,
): { readonly winner: Band | undefined; readonly isFallen: boolean } {
  const reached = bands.filter(
    ({ from, effect }) => from <= (effect === 'revoke' ? certain : possible),
  );
  const revoking = reached.find(({ effect }) => effect === 'revoke');
  const overshoot = bands.some(({ from, effect }) => effect === 'revoke' && from <= possible);
  return {
    winner: revoking ?? (overshoot ? undefined : reached.at(-1)),
    isFallen: overshoot && revoking === undefined,
  };
}

function bandNarrow(
  band: Band,
  fired: boolean,
  edge: bigint | undefined,
  reasons: readonly Reason[],
  expressions: Expressions,
): readonly Contribution[] {
  const narrowing = band.narrowing as Narrowing;
  const reached: Outcome = { value: fired, edge };
  const inside = expressions.evaluate(narrowing.inside);
  const standsEdge = join(false, [reached, inside]).edge;
  const fallsEdge = join(false, [reached, negate(inside)]).edge;
  const asNarrow: Contribution = {
    by: band,
    effect: 'narrow',
    fired: fired && inside.value === true,
    edge: standsEdge,
    reasons,
    narrowing,
  };
  if (!mayDeny(narrowing)) return [asNarrow];
  const asDeny: Contribution = {
    by: band,
    effect: 'deny',
    fired: fired && inside.value !== true,
    edge: mayConflict(narrowing) ? earliest(fallsEdge, standsEdge) : fallsEdge,
    reasons,
    narrowing: undefined,
  };
  return [asNarrow, asDeny];
}

function reason(
  source: Rule | ScoreCondition,
  condition: Expr,
  outcome: Outcome,
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

function and(...operands: readonly Expr[]): Expr {
  return { kind: 'And', operands, type: bool, span: (operands[0] as Expr).span };
}

function not(operand: Expr): Expr {
  return { kind: 'Not', operand, type: bool, span: operand.span };
}

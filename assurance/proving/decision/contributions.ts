// The symbolic counterpart of the evaluator's contributions: for each rule and each band of a score, the effects that
// it can have, and when it has them.

import {
  type Band,
  type Demand,
  mayDeny,
  type Narrowing,
  type Policy,
  type Rule,
  type Score,
} from '@nhipol/language/model';
import type { EffectName } from '@nhipol/runtime/abi';
import type { Expressions } from '../expressions/expressions.ts';
import { type Formula, type Literal, no, yes } from '../formula/formula.ts';

export interface Contribution {
  readonly by: Rule | Band;
  readonly effect: EffectName;
  readonly fired: Literal;
  /** The ids that become reasons, each where its literal is true. */
  readonly reasons: readonly { readonly id: string; readonly when: Literal }[];
  readonly narrowing: Narrowing | undefined;
  readonly demands: readonly Demand[];
}

export function contributionsOf(policy: Policy, expressions: Expressions): readonly Contribution[] {
  return [
    ...policy.rules.flatMap((rule) => ruleContributions(rule, expressions)),
    ...policy.scores.flatMap((score) => scoreContributions(score, expressions)),
  ];
}

function ruleContributions(rule: Rule, expressions: Expressions): readonly Contribution[] {
  const { formula } = expressions.encoding;
  const applies = expressions.facts.isIn(rule.scope);
  const condition = expressions.truth(rule.condition);
  const certain = formula.and(applies, condition.yes);
  const possible = rule.skipUnknown ? certain : formula.and(applies, -condition.no);
  const made = (effect: EffectName, fired: Literal): Contribution => ({
    by: rule,
    effect,
    fired,
    reasons: [{ id: rule.id, when: yes }],
    narrowing: effect === 'narrow' ? rule.narrowing : undefined,
    demands: effect === rule.effect ? rule.demands : [],
  });
  switch (rule.effect) {
    case 'permit':
      return [made('permit', certain)];
    case 'deny':
      return [made('deny', possible)];
    case 'revoke':
      return [made('revoke', certain), made('deny', formula.and(possible, -condition.yes))];
    case 'challenge': {
      if (rule.remainsChallenge === undefined) return [made('challenge', possible)];
      const remains = expressions.truth(rule.remainsChallenge).yes;
      return [
        made('challenge', formula.and(possible, remains)),
        made('deny', formula.and(possible, -remains)),
      ];
    }
    case 'narrow': {
      const narrowing = rule.narrowing as Narrowing;
      const inside = expressions.truth(narrowing.inside).yes;
      const asNarrow = made('narrow', formula.and(possible, inside));
      return mayDeny(narrowing)
        ? [asNarrow, made('deny', formula.and(possible, -inside))]
        : [asNarrow];
    }
  }
}

function scoreContributions(score: Score, expressions: Expressions): readonly Contribution[] {
  const { formula } = expressions.encoding;
  const applies = expressions.facts.isIn(score.scope);
  const truths = score.conditions.map(({ condition }) => expressions.truth(condition));
  const weights = score.conditions.map(({ weight }) => weight);
  const certain = sumsOf(
    formula,
    weights,
    truths.map((each) => each.yes),
  );
  const possible = sumsOf(
    formula,
    weights,
    truths.map((each) => -each.no),
  );
  const counted = (certainly: boolean) =>
    score.conditions.map(({ id }, index) => {
      const each = truths[index];
      return { id, when: certainly ? (each?.yes ?? no) : -(each?.no ?? no) };
    });
  const revoking = score.bands.find(({ effect }) => effect === 'revoke');
  const revokes = revoking === undefined ? no : certain(revoking.from);
  const mayRevoke = revoking === undefined ? no : possible(revoking.from);
  const plain = score.bands.filter(({ effect }) => effect !== 'revoke');
  const contributions = plain.flatMap((band, index): readonly Contribution[] => {
    const next = plain[index + 1];
    const beyond = next === undefined ? no : possible(next.from);
    const fired = formula.and(applies, -mayRevoke, possible(band.from), -beyond);
    const made = (effect: EffectName, when: Literal): Contribution => ({
      by: band,
      effect,
      fired: when,
      reasons: counted(false),
      narrowing: effect === 'narrow' ? band.narrowing : undefined,
      demands: [],
    });
    const { narrowing } = band;
    if (band.effect !== 'narrow' || narrowing === undefined) return [made(band.effect, fired)];
    const inside = expressions.truth(narrowing.inside).yes;
    const asNarrow = made('narrow', formula.and(fired, inside));
    return mayDeny(narrowing) ? [asNarrow, made('deny', formula.and(fired, -inside))] : [asNarrow];
  });
  if (revoking === undefined) return contributions;
  const none = { narrowing: undefined, demands: [] };
  return [
    ...contributions,
    {
      ...none,
      by: revoking,
      effect: 'revoke',
      fired: formula.and(applies, revokes),
      reasons: counted(true),
    },
    {
      ...none,
      by: revoking,
      effect: 'deny',
      fired: formula.and(applies, mayRevoke, -revokes),
      reasons: counted(false),
    },
  ];
}

/** Returns a predicate: whether the weights of the true literals add up to at least a number. */
function sumsOf(
  formula: Formula,
  weights: readonly bigint[],
  literals: readonly Literal[],
): (min: bigint) => Literal {
  let sums = new Map<bigint, Literal>([[0n, yes]]);
  for (const [index, literal] of literals.entries()) {
    const next = new Map<bigint, Literal>();
    const put = (sum: bigint, when: Literal) =>
      next.set(sum, formula.or(next.get(sum) ?? no, when));
    for (const [sum, when] of sums) {
      put(sum, formula.and(when, -literal));
      put(sum + (weights[index] ?? 0n), formula.and(when, literal));
    }
    sums = next;
  }
  return (min) => formula.any([...sums].flatMap(([sum, when]) => (sum >= min ? [when] : [])));
}

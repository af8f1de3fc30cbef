// The symbolic counterpart of the evaluator's contributions: for each rule and each band of a score, the effects that
// it can have, and when it has them.

import {
  type Band,
  type Demand,
  mayDeny,
  type Narrowing,
  type PolicyModel,
  type Rule,
  type Score,
} from '@nhipol/language/model';
import type { EffectName } from '@nhipol/runtime/abi';
import type { Expressions } from '../expressions/expressions.ts';
import { type Formula, type Literal, no, yes } from '../formula/formula.ts';

export interface SymbolicContribution {
  readonly by: Rule | Band;
  readonly effect: EffectName;
  readonly fired: Literal;
  /** The ids that become reasons, each where its literal is true. */
  readonly reasons: readonly { readonly id: string; readonly when: Literal }[];
  readonly narrowing: Narrowing | undefined;
  readonly demands: readonly Demand[];
}

export function listContributions(
  policy: PolicyModel,
  expressions: Expressions,
): readonly SymbolicContribution[] {
  return [
    ...policy.rules.flatMap((rule) => listRuleContributions(rule, expressions)),
    ...policy.scores.flatMap((score) => scoreContributions(score, expressions)),
  ];
}

function listRuleContributions(
  rule: Rule,
  expressions: Expressions,
): readonly SymbolicContribution[] {
  const { formula } = expressions.encoding;
  const applies = expressions.facts.isInScope(rule.scope);
  const condition = expressions.truth(rule.condition);
  const certain = formula.and(applies, condition.yes);
  const possible = rule.skipUnknown ? certain : formula.and(applies, -condition.no);
  const createMade = (effect: EffectName, fired: Literal): SymbolicContribution => ({
    by: rule,
    effect,
    fired,
    reasons: [{ id: rule.id, when: yes }],
    narrowing: effect === 'narrow' ? rule.narrowing : undefined,
    demands: effect === rule.effect ? rule.demands : [],
  });
  switch (rule.effect) {
    case 'permit':
      return [createMade('permit', certain)];
    case 'deny':
      return [createMade('deny', possible)];
    case 'revoke':
      return [
        createMade('revoke', certain),
        createMade('deny', formula.and(possible, -condition.yes)),
      ];
    case 'challenge': {
      if (rule.remainsChallenge === undefined) return [createMade('challenge', possible)];
      const remains = expressions.truth(rule.remainsChallenge).yes;
      return [
        createMade('challenge', formula.and(possible, remains)),
        createMade('deny', formula.and(possible, -remains)),
      ];
    }
    case 'narrow': {
      const narrowing = rule.narrowing as Narrowing;
      const inside = expressions.truth(narrowing.inside).yes;
      const asNarrow = createMade('narrow', formula.and(possible, inside));
      return mayDeny(narrowing)
        ? [asNarrow, createMade('deny', formula.and(possible, -inside))]
        : [asNarrow];
    }
  }
}

function scoreContributions(
  score: Score,
  expressions: Expressions,
): readonly SymbolicContribution[] {
  const { formula } = expressions.encoding;
  const applies = expressions.facts.isInScope(score.scope);
  const truths = score.conditions.map(({ condition }) => expressions.truth(condition));
  const weights = score.conditions.map(({ weight }) => weight);
  const certain = createSums(
    formula,
    weights,
    truths.map((truth) => truth.yes),
  );
  const possible = createSums(
    formula,
    weights,
    truths.map((truth) => -truth.no),
  );
  const countElements = (certainly: boolean) =>
    score.conditions.map(({ id }, index) => {
      const truth = truths[index];
      return { id, when: certainly ? (truth?.yes ?? no) : -(truth?.no ?? no) };
    });
  const revoking = score.bands.find(({ effect }) => effect === 'revoke');
  const revokes = revoking === undefined ? no : certain(revoking.from);
  const mayRevoke = revoking === undefined ? no : possible(revoking.from);
  const plain = score.bands.filter(({ effect }) => effect !== 'revoke');
  const contributions = plain.flatMap((band, index): readonly SymbolicContribution[] => {
    const next = plain[index + 1];
    const beyond = next === undefined ? no : possible(next.from);
    const fired = formula.and(applies, -mayRevoke, possible(band.from), -beyond);
    const createMade = (effect: EffectName, when: Literal): SymbolicContribution => ({
      by: band,
      effect,
      fired: when,
      reasons: countElements(false),
      narrowing: effect === 'narrow' ? band.narrowing : undefined,
      demands: [],
    });
    const { narrowing } = band;
    if (band.effect !== 'narrow' || narrowing === undefined)
      return [createMade(band.effect, fired)];
    const inside = expressions.truth(narrowing.inside).yes;
    const asNarrow = createMade('narrow', formula.and(fired, inside));
    return mayDeny(narrowing)
      ? [asNarrow, createMade('deny', formula.and(fired, -inside))]
      : [asNarrow];
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
      reasons: countElements(true),
    },
    {
      ...none,
      by: revoking,
      effect: 'deny',
      fired: formula.and(applies, mayRevoke, -revokes),
      reasons: countElements(false),
    },
  ];
}

/** Returns a predicate: whether the weights of the true literals add up to at least a number. */
function createSums(
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

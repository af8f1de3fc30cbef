// Evaluates the rules and scores that apply to a request, with the contributions of each to the
// answer.

import { settleConflicts } from '../evaluator/conflicts.ts';
import type { Contribution } from '../evaluator/contribution.ts';
import { judgeRule, judgeScore } from '../evaluator/contributions.ts';
import { isInScope } from '../evaluator/scope-applies.ts';
import type { Narrowing, Rule, Scope, Score } from '../model/model.ts';
import type { RuleRef } from './explanation.ts';
import type { EvaluationView } from './view.ts';

export type JudgedSource =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'score'; readonly score: Score };

/** One contribution of a rule or score. */
export interface Judged {
  readonly source: JudgedSource;
  readonly contribution: Contribution;
  /** The narrowing that it would set, even if that conflicts with another. */
  readonly narrowing: Narrowing | undefined;
}

/** In source order, rules first. */
export function judgeAll(view: EvaluationView): readonly Judged[] {
  const { policy, facts, expressions } = view;
  const applies = ({ scope }: { readonly scope: Scope }) => isInScope(scope, facts);
  const all = [
    ...policy.rules.filter(applies).map((rule) => ({
      source: { kind: 'rule', rule } satisfies JudgedSource,
      contributions: judgeRule(rule, expressions),
    })),
    ...policy.scores.filter(applies).map((score) => ({
      source: { kind: 'score', score } satisfies JudgedSource,
      contributions: judgeScore(score, expressions),
    })),
  ].flatMap(({ source, contributions }) =>
    contributions.map((contribution) => ({ source, contribution })),
  );
  const resolved = settleConflicts(
    all.map(({ contribution }) => contribution),
    expressions,
  );
  return all.map(({ source, contribution }, index) => ({
    source,
    contribution: resolved[index] as Contribution,
    narrowing: contribution.narrowing,
  }));
}

export function makeRuleRef({ source, contribution }: Judged, view: EvaluationView): RuleRef {
  const { id, span } = identifySource(source);
  return { id, effect: contribution.effect, at: view.spot(span) };
}

export function identifySource(source: JudgedSource): Pick<Rule, 'id' | 'span'> {
  return source.kind === 'rule' ? source.rule : { id: source.score.name, span: source.score.span };
}

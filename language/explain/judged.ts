// The rules and scores that apply to a request, with the halves in which each bears on the answer.

import { isAbout } from '../evaluator/chosen.ts';
import { settleConflicts } from '../evaluator/conflicts.ts';
import { type Contribution, judgeRule, judgeScore } from '../evaluator/fired.ts';
import type { Narrowing, Rule, Scope, Score } from '../model/model.ts';
import type { RuleRef } from './explanation.ts';
import type { View } from './view.ts';

export type Source =
  | { readonly kind: 'rule'; readonly rule: Rule }
  | { readonly kind: 'score'; readonly score: Score };

export interface Judged {
  readonly source: Source;
  readonly half: Contribution;
  /** The narrowing that it would set, also where that contradicts another. */
  readonly narrowing: Narrowing | undefined;
}

/** In order of the source, rules first. */
export function judgeAll(view: View): readonly Judged[] {
  const { policy, facts, expressions } = view;
  const applies = ({ scope }: { readonly scope: Scope }) => isAbout(scope, facts);
  const all = [
    ...policy.rules.filter(applies).map((rule) => ({
      source: { kind: 'rule', rule } satisfies Source,
      halves: judgeRule(rule, expressions),
    })),
    ...policy.scores.filter(applies).map((score) => ({
      source: { kind: 'score', score } satisfies Source,
      halves: judgeScore(score, expressions),
    })),
  ].flatMap(({ source, halves }) => halves.map((half) => ({ source, half })));
  const settled = settleConflicts(
    all.map(({ half }) => half),
    expressions,
  );
  return all.map(({ source, half }, index) => ({
    source,
    half: settled[index] as Contribution,
    narrowing: half.narrowing,
  }));
}

export function refOf({ source, half }: Judged, view: View): RuleRef {
  const { id, span } = namedBy(source);
  return { id, effect: half.effect, at: view.spot(span) };
}

export function namedBy(source: Source): Pick<Rule, 'id' | 'span'> {
  return source.kind === 'rule' ? source.rule : { id: source.score.name, span: source.score.span };
}

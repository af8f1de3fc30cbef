// Why an answer: a checked policy and a request's bytes come in; what decided goes out as data, down
// to the sub-expressions and their values. The answer in it is the evaluator's. Never throws on any
// request.

import type { ReasonDetail } from '@nhipol/runtime/abi';
import type { Answer } from '../evaluator/answer.ts';
import { type Clock, evaluate } from '../evaluator/evaluate.ts';
import { reevaluate, type Session } from '../evaluator/session.ts';
import type { Policy, Rule, Score, ScoreCondition } from '../model/model.ts';
import { placeOf } from '../model/place.ts';
import { decode } from '../request/decode.ts';
import type { Facts } from '../request/facts.ts';
import { formatInstant } from '../types/time/instant.ts';
import { explainError } from './errors.ts';
import type { ExplainedReason, Explanation, SilentRule } from './explanation.ts';
import { downgradesOf, downgradesOfScore } from './falls.ts';
import { grantOf } from './grants.ts';
import { type Judged, judgeAll, namedBy } from './judged.ts';
import { partOf } from './parts.ts';
import { accountOf } from './scores.ts';
import { untilOf } from './until.ts';
import { View } from './view.ts';

export type * from './explanation.ts';

/** `awaited`: ids of rules of which it is told why they did not fire, where they apply and did not. */
export function explain(
  policy: Policy,
  request: Uint8Array,
  clock: Clock,
  awaited: readonly string[] = [],
): Explanation {
  const answer = evaluate(policy, request, clock);
  return explanationOf(policy, request, decode(policy, request, clock).facts, answer, awaited);
}

/** Of what was asked last, judged at an instant by all that happened. */
export function explainSession(
  policy: Policy,
  session: Session,
  now: bigint,
  awaited: readonly string[] = [],
): Explanation {
  const { answer, session: after } = reevaluate(policy, session, now);
  const request = new TextEncoder().encode(session.request);
  // One that ended, or whose clock went back, is left as it was.
  if (after === session) return explanationOf(policy, request, undefined, answer, awaited);
  const { facts } = decode(policy, request, { now: after.latest, by: 'host' });
  const judged = facts && { ...facts, events: session.events };
  return explanationOf(policy, request, judged, answer, awaited);
}

/** `facts`: undefined where nothing was judged. */
function explanationOf(
  policy: Policy,
  request: Uint8Array,
  facts: Facts | undefined,
  answer: Answer,
  awaited: readonly string[],
): Explanation {
  const error = answer.error && explainError(answer.error, request);
  const failed = error === undefined ? {} : { error };
  if (facts === undefined) return { answer, reasons: [], scores: [], silent: [], ...failed };
  const view = View.of(policy, facts, request);
  const judged = judgeAll(view);
  const found = answer.reasonDetails.flatMap((detail) => {
    const origin = originOf(detail, judged, policy);
    return origin === undefined ? [] : [{ detail, origin }];
  });
  const scores = new Set(found.flatMap(({ origin }) => ('score' in origin ? [origin.score] : [])));
  const until = untilOf(answer.validUntil, answer.effect, judged, view);
  return {
    answer,
    ...(facts.now === undefined ? {} : { now: formatInstant(facts.now) }),
    ...(until === undefined ? {} : { until }),
    reasons: found.map(({ detail, origin }) => reasonOf(detail, origin, judged, view)),
    scores: [...scores].map((score) => accountOf(score, view)),
    ...(error === undefined ? { grant: grantOf(judged, view) } : {}),
    silent: error === undefined ? silentOf(judged, view, awaited) : [],
    ...failed,
  };
}

/** What a reason is the id of. */
type Origin =
  | { readonly rule: Rule }
  | { readonly score: Score; readonly condition: ScoreCondition };

/** Found by its place, since rules may share an id. */
function originOf(
  detail: ReasonDetail,
  judged: readonly Judged[],
  policy: Policy,
): Origin | undefined {
  const { source } = detail;
  if (source === undefined) return undefined;
  const stands = ({ id, span }: Rule | ScoreCondition) => {
    const { file, line, column } = placeOf(policy, span);
    return (
      id === detail.id && file === source.file && line === source.line && column === source.column
    );
  };
  for (const { source: each } of judged) {
    if (each.kind === 'rule') {
      if (stands(each.rule)) return { rule: each.rule };
      continue;
    }
    const condition = each.score.conditions.find(stands);
    if (condition !== undefined) return { score: each.score, condition };
  }
  return undefined;
}

function reasonOf(
  { id, effect, message, firedOn }: ReasonDetail,
  origin: Origin,
  judged: readonly Judged[],
  view: View,
): ExplainedReason {
  const said = {
    id,
    effect,
    ...(message === undefined ? {} : { message }),
    fired: firedOn,
  };
  if ('score' in origin) {
    const { score, condition } = origin;
    return {
      ...said,
      at: view.spot(condition.span),
      score: score.name,
      condition: partOf(condition.condition, view),
      falls: effect === 'deny' ? downgradesOfScore(score, judged, view) : [],
    };
  }
  const { rule } = origin;
  return {
    ...said,
    written: rule.effect,
    at: view.spot(rule.span),
    condition: partOf(rule.condition, view),
    falls: effect === rule.effect ? [] : downgradesOf(rule, judged, view),
  };
}

/** Rules and scores of which no half fired. */
function silentOf(
  judged: readonly Judged[],
  view: View,
  awaited: readonly string[],
): readonly SilentRule[] {
  const fired = new Set(judged.flatMap(({ source, half }) => (half.fired ? [nameOf(source)] : [])));
  const silent = new Map<Rule | Score, SilentRule>();
  for (const { source, half } of judged) {
    const own = nameOf(source);
    if (fired.has(own) || silent.has(own)) continue;
    const { id, span } = namedBy(source);
    const value = source.kind === 'rule' ? view.shown(source.rule.condition) : null;
    const told = source.kind === 'rule' && awaited.includes(id);
    silent.set(own, {
      ...{ id, effect: half.effect, at: view.spot(span), value },
      ...(told ? { condition: partOf(source.rule.condition, view) } : {}),
    });
  }
  return [...silent.values()];
}

function nameOf(source: Judged['source']): Rule | Score {
  return source.kind === 'rule' ? source.rule : source.score;
}

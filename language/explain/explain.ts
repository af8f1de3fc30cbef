// Explains an answer: takes a checked policy and the bytes of a request, and returns as data what
// decided, down to the sub-expressions and their values. The answer in it is the evaluator's. Never
// throws on any request.

import type { ReasonDetail } from '@nhipol/runtime/abi';
import type { EvaluatedAnswer } from '../evaluator/answer.ts';
import { answerPossibility } from '../evaluator/could.ts';
import { answerInvalidRequest } from '../evaluator/decide.ts';
import { evaluate, type RequestClock } from '../evaluator/evaluate.ts';
import { ExpressionEvaluator } from '../evaluator/expressions.ts';
import {
  type EvaluatorSession,
  openFacts,
  reevaluate,
  viewSharedHistory,
} from '../evaluator/session.ts';
import type { Expr, PolicyModel, Rule, Score, ScoreCondition } from '../model/model.ts';
import { findSourcePlace } from '../model/place.ts';
import { TruthConditionBuilder } from '../possibility/outcomes.ts';
import { decode, decodeOpen } from '../request/decode.ts';
import type { Decoded, Facts } from '../request/facts.ts';
import { defaultMask, type Mask } from '../secrets/mask.ts';
import { hasSecrets } from '../secrets/mask-request.ts';
import { formatInstant } from '../types/time/instant.ts';
import { downgradesOfScore, explainDowngrades } from './downgrades.ts';
import { explainError } from './errors.ts';
import type { ExplainedReason, Explanation, SilentRule } from './explanation.ts';
import { explainGrant } from './grants.ts';
import { identifySource, type Judged, judgeAll } from './judged.ts';
import { explainCondition } from './parts.ts';
import { explainScore } from './scores.ts';
import { explainValidity } from './until.ts';
import { EvaluationView } from './view.ts';

export type * from './explanation.ts';

/**
 * Explains the answer to a request. `awaited` lists ids of rules: the explanation states why they
 * did not fire, if they apply and did not. The values of secret members are masked.
 */
export function explain(
  policy: PolicyModel,
  request: Uint8Array,
  clock: RequestClock,
  awaited: readonly string[] = [],
  mask: Mask = defaultMask,
): Explanation {
  const answer = evaluate(policy, request, clock);
  const { facts } = decode(policy, request, clock);
  return makeExplanation({ policy, request, facts, answer, awaited, mask });
}

/**
 * Explains whether a request of which members may be missing could be permitted. If it is not possible, the reasons are
 * the rules that restrict every completion, and the nearest permit states the conditions that cannot be true.
 */
export function explainCould(
  policy: PolicyModel,
  request: Uint8Array,
  clock: RequestClock,
  mask: Mask = defaultMask,
): Explanation {
  return explainOpen({ policy, request, mask }, decodeOpen(policy, request, clock));
}

/** Explains whether the next decision on the last request of a session could be a permit. */
export function explainCouldInSession(
  policy: PolicyModel,
  session: EvaluatorSession,
  now: bigint,
  mask: Mask = defaultMask,
): Explanation {
  const request = new TextEncoder().encode(session.request);
  const asked = { policy, request, mask };
  const open = openFacts(policy, session, now);
  if ('effect' in open) return explainImpossible(asked, open);
  return explainOpen(asked, open);
}

type ExplainedRequest = Pick<Explained, 'policy' | 'request' | 'mask'>;

/** Explains an answer for which nothing was evaluated. */
function explainImpossible(
  explainedRequest: ExplainedRequest,
  answer: EvaluatedAnswer,
): Explanation {
  return {
    ...makeExplanation({ ...explainedRequest, awaited: [], facts: undefined, answer }),
    possible: false,
  };
}

function explainOpen(explainedRequest: ExplainedRequest, { facts, error }: Decoded): Explanation {
  const { policy } = explainedRequest;
  if (facts === undefined || error !== undefined) {
    if (error === undefined) throw new Error('broken invariant: neither facts nor an error');
    return explainImpossible(explainedRequest, answerInvalidRequest(error));
  }
  const common = { ...explainedRequest, awaited: [] };
  const answer = answerPossibility(policy, facts, error);
  const outcomes = new TruthConditionBuilder(policy);
  const expressions = new ExpressionEvaluator(facts, policy.contents);
  const fails = (expr: Expr) => expressions.evaluate(outcomes.of(expr).true).value !== true;
  const possible = answer.decision;
  const explanation = makeExplanation({ ...common, facts, answer, fails });
  const { grant, ...rest } = explanation;
  if (possible) return { ...rest, reasons: [], scores: [], silent: [], possible };
  const isByDefault = answer.reasons.includes('default_deny') && explanation.reasons.length === 0;
  return { ...rest, ...(isByDefault && grant ? { grant } : {}), silent: [], possible };
}

/** Explains the last request of a session, evaluated at an instant with all of its events. */
export function explainSession(
  policy: PolicyModel,
  session: EvaluatorSession,
  now: bigint,
  awaited: readonly string[] = [],
  mask: Mask = defaultMask,
): Explanation {
  const { answer, session: after } = reevaluate(policy, session, now);
  const request = new TextEncoder().encode(session.request);
  // A session that ended, or whose clock went back, stays as it was.
  const common = { policy, request, answer, awaited, mask };
  if (after === session) return makeExplanation({ ...common, facts: undefined });
  const { facts } = decode(policy, request, { now: after.latest, precedence: 'host' });
  return makeExplanation({
    ...common,
    facts: facts && { ...facts, events: session.events, shared: viewSharedHistory(session) },
  });
}

interface Explained {
  readonly policy: PolicyModel;
  readonly request: Uint8Array;
  /** The facts of the request, or `undefined` if nothing was evaluated. */
  readonly facts: Facts | undefined;
  readonly answer: EvaluatedAnswer;
  readonly awaited: readonly string[];
  readonly mask: Mask;
  /** Whether a condition of a permit fails; default: it is not true. */
  readonly fails?: (expr: Expr) => boolean;
}

function makeExplanation({
  policy,
  request,
  facts,
  answer,
  awaited,
  mask,
  fails,
}: Explained): Explanation {
  const error = answer.error && explainError(answer.error, request, !hasSecrets(policy));
  const failed = error === undefined ? {} : { error };
  if (facts === undefined) return { answer, reasons: [], scores: [], silent: [], ...failed };
  const view = EvaluationView.of(policy, facts, request, mask);
  const judged = judgeAll(view);
  const found = answer.reasonDetails.flatMap((detail) => {
    const origin = findOrigin(detail, judged, policy);
    return origin === undefined ? [] : [{ detail, origin }];
  });
  const scores = new Set(found.flatMap(({ origin }) => ('score' in origin ? [origin.score] : [])));
  const until = explainValidity(answer.validUntil, answer.effect, judged, view);
  return {
    answer,
    ...(facts.now === undefined ? {} : { now: formatInstant(facts.now) }),
    ...(until === undefined ? {} : { until }),
    reasons: found.map(({ detail, origin }) =>
      explainReason(fails === undefined ? detail : asWritten(detail, origin), origin, judged, view),
    ),
    scores: [...scores].map((score) => explainScore(score, view)),
    ...(error === undefined ? { grant: explainGrant(judged, view, fails) } : {}),
    silent: error === undefined ? listSilentRules(judged, view, awaited) : [],
    ...failed,
  };
}

/** The rule or condition of a score that a reason names. */
type Origin =
  | { readonly rule: Rule }
  | { readonly score: Score; readonly condition: ScoreCondition };

/** Found by its position, because rules may share an id. */
function findOrigin(
  detail: ReasonDetail,
  judged: readonly Judged[],
  policy: PolicyModel,
): Origin | undefined {
  const { source } = detail;
  if (source === undefined) return undefined;
  const isOrigin = ({ id, span }: Rule | ScoreCondition) => {
    const { file, line, column } = findSourcePlace(policy, span);
    return (
      id === detail.id && file === source.file && line === source.line && column === source.column
    );
  };
  for (const { source: each } of judged) {
    if (each.kind === 'rule') {
      if (isOrigin(each.rule)) return { rule: each.rule };
      continue;
    }
    const condition = each.score.conditions.find(isOrigin);
    if (condition !== undefined) return { score: each.score, condition };
  }
  return undefined;
}

/** The possibility form denies for every rule that restricts; only a narrow really becomes a deny. */
function asWritten(detail: ReasonDetail, origin: Origin): ReasonDetail {
  const isRestriction = 'rule' in origin && origin.rule.effect !== 'narrow';
  return isRestriction ? { ...detail, effect: origin.rule.effect } : detail;
}

function explainReason(
  { id, effect, message, ...detail }: ReasonDetail,
  origin: Origin,
  judged: readonly Judged[],
  view: EvaluationView,
): ExplainedReason {
  const originCondition = 'score' in origin ? origin.condition.condition : origin.rule.condition;
  const common = {
    id,
    effect,
    ...(message === undefined ? {} : { message }),
    // The conditions of the possibility form are never unknown, but the conditions of the policy can be.
    fired: view.truth(originCondition) === undefined ? 'unknown' : detail.firedOn,
  } as const;
  if ('score' in origin) {
    const { score, condition } = origin;
    return {
      ...common,
      at: view.spot(condition.span),
      score: score.name,
      condition: explainCondition(condition.condition, view),
      falls: effect === 'deny' ? downgradesOfScore(score, judged, view) : [],
    };
  }
  const { rule } = origin;
  return {
    ...common,
    written: rule.effect,
    at: view.spot(rule.span),
    condition: explainCondition(rule.condition, view),
    falls: effect === rule.effect ? [] : explainDowngrades(rule, judged, view),
  };
}

/** Lists the rules and scores without a contribution that fired. */
function listSilentRules(
  judged: readonly Judged[],
  view: EvaluationView,
  awaited: readonly string[],
): readonly SilentRule[] {
  const fired = new Set(
    judged.flatMap(({ source, contribution }) =>
      contribution.fired ? [unwrapSource(source)] : [],
    ),
  );
  const silent = new Map<Rule | Score, SilentRule>();
  for (const { source, contribution } of judged) {
    const own = unwrapSource(source);
    if (fired.has(own) || silent.has(own)) continue;
    const { id, span } = identifySource(source);
    const value = source.kind === 'rule' ? view.verdict(source.rule.condition) : null;
    const isAwaited = source.kind === 'rule' && awaited.includes(id);
    silent.set(own, {
      id,
      effect: contribution.effect,
      at: view.spot(span),
      value,
      ...(isAwaited ? { condition: explainCondition(source.rule.condition, view) } : {}),
    });
  }
  return [...silent.values()];
}

function unwrapSource(source: Judged['source']): Rule | Score {
  return source.kind === 'rule' ? source.rule : source.score;
}

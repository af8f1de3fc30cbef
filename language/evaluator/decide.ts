// Turns evaluated rules into an answer: the strictest effect that fired, and at least `deny` if
// nothing permits.

import {
  type EffectName,
  effects,
  type JsonValue,
  type ReasonDetail,
  requestMembers,
  strictness,
} from '@nhipol/runtime/abi';
import { digestPath } from '@nhipol/runtime/call-digest';
import type { MessagePart, Narrowing, PolicyModel, Rule, Scope, Score } from '../model/model.ts';
import { collectExprs } from '../model/operands.ts';
import { findSourcePlace } from '../model/place.ts';
import {
  collectItemDependencies,
  countDecisions,
  listRuleExprs,
  listScoreExprs,
  mayDeny,
  mayDowngrade,
  scopeSelectors,
} from '../model/reads.ts';
import type { RequestError } from '../request/errors.ts';
import { type Facts, findDigest } from '../request/facts.ts';
import type { Value } from '../types/types.ts';
import { showValue } from '../types/values.ts';
import type { EvaluatedAnswer } from './answer.ts';
import { settleConflicts } from './conflicts.ts';
import type { Contribution, Reason } from './contribution.ts';
import { judgeRule, judgeScore } from './contributions.ts';
import { ExpressionEvaluator } from './expressions.ts';
import { mergeLowered, mergeSettings } from './merge.ts';
import { evaluateAccessRequest, evaluateObligations } from './obligations.ts';
import { findEarliest, findLatest } from './outcome.ts';
import { isInScope } from './scope-applies.ts';
import type { Trace } from './trace.ts';
import { collectUnknownPaths } from './why.ts';

/** Decides a decoded request. `error` is set if the request is invalid in part. */
export function decideFacts(
  policy: PolicyModel,
  facts: Facts,
  error: RequestError | undefined,
  trace?: Trace,
): EvaluatedAnswer {
  return new Decision(policy, facts, trace).answer(error);
}

/** Returns the answer to a request that cannot be evaluated. */
export function answerInvalidRequest(error: RequestError, validUntil?: bigint): EvaluatedAnswer {
  return {
    effect: 'deny',
    decision: false,
    reasons: ['invalid_request'],
    reasonDetails: [
      {
        id: 'invalid_request',
        effect: 'deny',
        message: undefined,
        firedOn: 'true',
        unknown: [],
        source: undefined,
      },
    ],
    constraints: {},
    lower: {},
    obligations: [],
    accessRequest: undefined,
    validUntil: convertInstant(validUntil),
    read: requestMembers,
    singleUse: false,
    callDigest: undefined,
    error,
  };
}

class Decision {
  readonly #policy: PolicyModel;
  readonly #expressions: ExpressionEvaluator;
  readonly #facts: Facts;
  readonly #rules: readonly Rule[];
  readonly #scores: readonly Score[];
  readonly #trace: Trace | undefined;

  constructor(policy: PolicyModel, facts: Facts, trace: Trace | undefined) {
    this.#policy = policy;
    this.#expressions = new ExpressionEvaluator(facts, policy.contents, trace);
    this.#facts = facts;
    this.#trace = trace;
    const applies = ({ scope }: { scope: Scope }) => isInScope(scope, facts);
    this.#rules = policy.rules.filter(applies);
    this.#scores = policy.scores.filter(applies);
  }

  answer(error: RequestError | undefined): EvaluatedAnswer {
    const contributions = [
      ...this.#rules.flatMap((rule) => judgeRule(rule, this.#expressions)),
      ...this.#scores.flatMap((score) => judgeScore(score, this.#expressions)),
    ];
    this.#trace?.judged?.(contributions, error);
    if (error !== undefined) return this.#invalid(contributions, error);
    return this.#strictest(settleConflicts(contributions, this.#expressions));
  }

  /** An invalid request still ends a session if a revoke certainly fires. */
  #invalid(contributions: readonly Contribution[], error: RequestError): EvaluatedAnswer {
    const revokes = contributions.filter((contribution) => contribution.effect === 'revoke');
    const fired = revokes.some((contribution) => contribution.fired);
    const answer = fired
      ? this.#strictest(revokes)
      : answerInvalidRequest(
          error,
          findEarliest(...revokes.map((contribution) => contribution.edge)),
        );
    return { ...answer, error, ...this.#readOfRevokes() };
  }

  /** The whole request, and the history terms that could end the session. */
  #readOfRevokes(): Pick<EvaluatedAnswer, 'read' | 'singleUse'> {
    const rules = this.#rules.filter(({ effect }) => effect === 'revoke');
    const scores = this.#scores.filter(({ bands }) =>
      bands.some(({ effect }) => effect === 'revoke'),
    );
    const exprs = [...rules.flatMap(listRuleExprs), ...scores.flatMap(listScoreExprs)];
    const terms = [...collectExprs(exprs)].flatMap((expr) =>
      expr.kind === 'History' ? [expr.term.text] : [],
    );
    return { read: sortAscii([...requestMembers, ...terms]), singleUse: countDecisions(exprs) };
  }

  #strictest(contributions: readonly Contribution[]): EvaluatedAnswer {
    const fired = contributions.filter((contribution) => contribution.fired);
    const permits = fired.filter((contribution) => contribution.effect === 'permit');
    const strictest = effects.findLast((effect) =>
      fired.some((contribution) => contribution.effect === effect),
    );
    const granted = permits.length > 0 || strictest === 'deny' || strictest === 'revoke';
    const effect: EffectName = granted && strictest !== undefined ? strictest : 'deny';
    const winners = granted ? fired.filter((contribution) => contribution.effect === effect) : [];
    const byDefault = winners.length === 0;
    const reasons = this.#sortReasons(winners.flatMap((contribution) => contribution.reasons));
    const settings =
      effect === 'narrow'
        ? winners.flatMap((contribution) => contribution.narrowing?.settings ?? [])
        : [];
    const offers = listOffers(effect, fired);
    const read = this.#read(effect, byDefault);
    const isBound = effect === 'challenge' && read.read.includes(digestPath);
    return {
      effect,
      decision: effect === 'permit' || effect === 'narrow',
      reasons: byDefault ? ['default_deny'] : sortAscii(reasons.map((reason) => reason.id)),
      reasonDetails: byDefault
        ? [defaultDeny]
        : reasons.map((reason) => this.#detail(effect, reason)),
      constraints: mergeSettings(settings, this.#expressions).constraints,
      lower: this.#offer(offers, fired),
      obligations: evaluateObligations(reasons, this.#expressions),
      accessRequest: evaluateAccessRequest(reasons, this.#expressions, this.#facts.now),
      validUntil:
        effect === 'revoke'
          ? undefined
          : findValidityEnd(
              contributions,
              offers.length > 0 ? 'narrow' : effect,
              byDefault,
              permits,
            ),
      ...read,
      callDigest: isBound ? findDigest(this.#facts) : undefined,
      error: undefined,
    };
  }

  /**
   * The values that would make the answer a narrow, by path: the values of all narrows, if a permit fires and no challenge,
   * and their constraints do not conflict.
   */
  #offer(
    offering: readonly Narrowing[],
    fired: readonly Contribution[],
  ): Readonly<Record<string, JsonValue>> {
    const has = (effect: EffectName) =>
      fired.some((contribution) => contribution.effect === effect);
    if (offering.length === 0 || !has('permit') || has('challenge')) return {};
    const narrows = fired.flatMap(({ narrowing }) => narrowing ?? []);
    const settings = [...narrows, ...offering].flatMap((narrowing) => narrowing.settings);
    if (mergeSettings(settings, this.#expressions).conflicts.size > 0) return {};
    const exceeded = offering
      .flatMap(({ lowering }) => lowering?.paths ?? [])
      .filter(({ within }) => this.#expressions.evaluate(within).value !== true);
    return mergeLowered(exceeded, this.#expressions) ?? {};
  }

  /** Orders reasons by id, then by position in the source. */
  #sortReasons(reasons: readonly Reason[]): readonly Reason[] {
    const placed = reasons.map((reason) => ({
      reason,
      at: findSourcePlace(this.#policy, reason.span),
    }));
    placed.sort(
      (a, b) =>
        compareAscii(a.reason.id, b.reason.id) ||
        compareAscii(a.at.file, b.at.file) ||
        a.at.line - b.at.line ||
        a.at.column - b.at.column,
    );
    return placed.map(({ reason }) => reason);
  }

  #detail(effect: EffectName, reason: Reason): ReasonDetail {
    return {
      id: reason.id,
      effect,
      message:
        reason.message.length === 0
          ? undefined
          : reason.message.map((part) => this.#fill(part)).join(''),
      firedOn: reason.firedOn,
      unknown:
        reason.firedOn === 'true'
          ? []
          : sortAscii(collectUnknownPaths(reason.condition, this.#expressions)),
      source: findSourcePlace(this.#policy, reason.span),
    };
  }

  #fill(part: MessagePart): string {
    if (typeof part === 'string') return part;
    const { value } = this.#expressions.evaluate(part);
    return value === undefined ? '(unknown)' : showValue(part.type, value as Value);
  }

  #narrowings(): readonly Narrowing[] {
    const bands = this.#scores.flatMap((score) => score.bands);
    return [...this.#rules, ...bands].flatMap(({ narrowing }) => narrowing ?? []);
  }

  /**
   * Depends only on the effect and on the rules that apply, not on the results of their conditions. Whether a deny
   * offers something depends on all rules.
   */
  #read(effect: EffectName, byDefault: boolean): Pick<EvaluatedAnswer, 'read' | 'singleUse'> {
    const mayOffer = effect === 'deny' && this.#narrowings().some(({ lowering }) => lowering);
    const counts = (own: EffectName, downgrades: boolean) =>
      byDefault ||
      mayOffer ||
      strictness(own) >= strictness(effect) ||
      (downgrades && strictness('deny') >= strictness(effect)) ||
      (own === 'permit' && (effect === 'narrow' || effect === 'challenge'));
    const rules = this.#rules.filter((rule) => counts(rule.effect, mayDowngrade(rule)));
    const scores = this.#scores.filter(({ bands }) =>
      bands.some(({ effect: own, narrowing }) =>
        counts(own, narrowing !== undefined && mayDeny(narrowing)),
      ),
    );
    const { reads, countsDecisions } = collectItemDependencies(rules, scores);
    return {
      read: sortAscii([...scopeSelectors(this.#policy), ...reads]),
      singleUse: countsDecisions,
    };
  }
}

/** The narrowings that deny because of values that can be lowered, if nothing else denies. */
function listOffers(effect: EffectName, fired: readonly Contribution[]): readonly Narrowing[] {
  if (effect !== 'deny') return [];
  const denies = fired.filter((contribution) => contribution.effect === 'deny');
  const lowered = denies.flatMap((contribution) => contribution.lowered ?? []);
  return lowered.length === denies.length ? lowered : [];
}

const defaultDeny: ReasonDetail = {
  id: 'default_deny',
  effect: 'deny',
  message: undefined,
  firedOn: 'true',
  unknown: [],
  source: undefined,
};

/**
 * The earliest edge of the contributions at the winning effect or a stricter one. For a narrow or a
 * challenge, it is not later than the last edge of the permits. A deny that may offer a narrow has the edge of one, or
 * that of the first permit that may fire.
 */
function findValidityEnd(
  contributions: readonly Contribution[],
  effect: EffectName,
  byDefault: boolean,
  permits: readonly Contribution[],
): number | undefined {
  const isGranted = effect === 'narrow' || effect === 'challenge';
  const needsPermit = byDefault || (isGranted && permits.length === 0);
  const relevant = contributions.filter(
    (contribution) =>
      strictness(contribution.effect) >= strictness(effect) ||
      (needsPermit && contribution.effect === 'permit'),
  );
  const until = findEarliest(...relevant.map((contribution) => contribution.edge));
  const edge = isGranted
    ? findEarliest(until, findLatest(permits.map((contribution) => contribution.edge)))
    : until;
  return convertInstant(edge);
}

/** Converts an instant to the form of answers. Every instant of a policy is exact as a number. */
function convertInstant(instant: bigint | undefined): number | undefined {
  return instant === undefined ? undefined : Number(instant);
}

function sortAscii(strings: Iterable<string>): readonly string[] {
  return [...new Set(strings)].sort(compareAscii);
}

function compareAscii(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

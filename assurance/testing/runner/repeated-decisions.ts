// Takes the same decision many times at one instant, without evaluating each: between two thresholds of counts
// only counts change, so the answers in between are equal. Returns the answers and the session that the same
// number of single decisions would.

import {
  type Answered,
  countEvents,
  decideInSession,
  decode,
  type EvaluatedAnswer,
  type EvaluatorSession,
  ExpressionEvaluator,
  matchesNow,
} from '@nhipol/language';
import {
  type CountTerm,
  collectPolicyHistory,
  type PolicyModel,
  sharesHistory,
} from '@nhipol/language/model';
import type { AnswerRun } from './run-tests.ts';

export interface RepeatedDecisions {
  /** The last answer, and the session after it. */
  readonly answered: Answered;
  /** All answers, in order. */
  readonly runs: readonly AnswerRun[];
}

/** `times`: at least 1. */
export function decideRepeatedly(
  policy: PolicyModel,
  session: EvaluatorSession,
  now: bigint,
  times: number,
): RepeatedDecisions {
  const counts = listDecisionCounts(policy);
  const adds = addsDecisions(policy);
  const runs: { answer: EvaluatedAnswer; times: number }[] = [];
  let answered = decideInSession(policy, session, now);
  let left = times - 1;
  runs.push({ answer: answered.answer, times: 1 });
  while (left > 0) {
    const before = answered;
    answered = decideInSession(policy, before.session, now);
    left -= 1;
    const run = { answer: answered.answer, times: 1 };
    runs.push(run);
    const { taken } = answered.session;
    // The session was revoked, or its clock went back: the decision was not recorded.
    if (taken === undefined || taken === before.session.taken) continue;
    if (before.answer.effect !== answered.answer.effect) continue;
    const skipped =
      adds || sharesHistory(policy)
        ? 0
        : Math.min(left, countUnchanged(policy, counts, answered.session));
    if (skipped <= 0) continue;
    left -= skipped;
    run.times += skipped;
    const added = Array.from({ length: skipped }, () => taken.event);
    const events = [
      ...answered.session.events.toSpliced(taken.index, 0, taken.event),
      ...added.slice(1),
    ];
    const { shared } = answered.session;
    const sharedEvents = [...shared.events, ...added.flatMap(() => shared.events.slice(-1))];
    const session = {
      ...answered.session,
      events,
      shared: { ...shared, events: sharedEvents },
      taken: { ...taken, index: events.length },
    };
    answered = { ...answered, session };
  }
  return { answered, runs };
}

/** Whether each decision can change a sum. */
function addsDecisions(policy: PolicyModel): boolean {
  return collectPolicyHistory(policy).some(
    ({ term }) => term.form === 'sum' && term.pattern.of.kind === 'decision',
  );
}

function listDecisionCounts(policy: PolicyModel): readonly CountTerm[] {
  const terms = collectPolicyHistory(policy).map(({ term }) => term);
  return terms.filter(
    (term) => term.form === 'count' && term.pattern.of.kind === 'decision',
  ) as CountTerm[];
}

/**
 * The number of further decisions with the same answer as the last one. The next decision finds `count` events,
 * and each one after it one more; a comparison of a count changes at its threshold and after it.
 */
function countUnchanged(
  policy: PolicyModel,
  counts: readonly CountTerm[],
  session: EvaluatorSession,
): number {
  const { request, latest: now, events, taken } = session;
  if (counts.length === 0) return Number.POSITIVE_INFINITY;
  // The request may not have the member of a key, because the term is about another action.
  if (counts.some(({ pattern }) => pattern.key !== undefined)) return 0;
  const { facts } = decode(policy, new TextEncoder().encode(request), { now, precedence: 'host' });
  if (facts === undefined) return 0;
  const all = taken === undefined ? events : [...events, taken.event];
  const remembered = new ExpressionEvaluator(facts, policy.contents).makeTermInput(all, now);
  const distances = counts.map((term) => {
    const matches = matchesNow(term, remembered);
    if (matches === undefined) return Number.POSITIVE_INFINITY;
    const { certain, possible } = countEvents(matches, term.window, now);
    const threshold = Number(term.threshold);
    const ahead = [certain, possible]
      .flatMap((count) => [threshold - count, threshold + 1 - count])
      .filter((distance) => distance >= 0);
    return Math.min(Number.POSITIVE_INFINITY, ...ahead);
  });
  return Math.min(...distances);
}

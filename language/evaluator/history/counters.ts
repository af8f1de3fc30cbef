// Evaluates comparisons of amounts across sessions that are counted (see `isCounted`): of the events of the current period, what
// they add at least and at most.

import type { CountTerm, SumTerm } from '../../model/model.ts';
import {
  findWindowStart,
  isOutsideWindow,
  listLeavingInstants,
} from '../../types/time/history-window.ts';
import type { MatchedEvent, MatchedEvents } from '../matches.ts';
import { type EvaluatedValue, findEarliest, unknown } from '../outcome.ts';
import { createEventFact } from './event-fact.ts';
import { type Amount, anyAmount, sumAmounts, unbounded } from './parts.ts';
import { comparesAll, matchesNow, type TermInput, whileLeaving } from './term-input.ts';

export function judgeCounted(term: CountTerm | SumTerm, remembered: TermInput): EvaluatedValue {
  const { window, operator } = term;
  const matches = matchesNow(term, remembered);
  if (matches === undefined) return unknown;
  const { now } = remembered;
  const { value: bound, edge } = findBound(term, remembered);
  if (bound === undefined) return { value: undefined, edge };
  const compared = whileLeaving(
    listLeavingInstants(window, listTimes(matches), now),
    now,
    (instant) => {
      const { least, most } = countAmount(term, matches, remembered, instant);
      const end = most === unbounded ? Number.POSITIVE_INFINITY : most;
      return comparesAll(operator, [least, end], bound);
    },
  );
  return { value: compared.value, edge: findEarliest(edge, compared.edge) };
}

interface Bound {
  readonly value: bigint | undefined;
  readonly edge: bigint | undefined;
}

function findBound(term: CountTerm | SumTerm, { evaluate }: TermInput): Bound {
  if (term.form === 'count') return { value: term.threshold, edge: undefined };
  const { value, edge } = evaluate(term.bound);
  return { value: value as bigint | undefined, edge };
}

function listTimes({ own, keyless, lost, pending }: MatchedEvents): readonly bigint[] {
  const times = [...own, ...keyless, ...pending].map(({ time }) => time);
  return lost === undefined ? times : [...times, lost.time];
}

/**
 * The amount that the events of the period at an instant add. The latest decision of the session does not count for itself: its
 * amount is removed from the amount of all; an unlimited amount stays unlimited.
 */
function countAmount(
  term: CountTerm | SumTerm,
  { own, keyless, pending, lost }: MatchedEvents,
  input: TermInput,
  now: bigint,
): Amount {
  const { window } = term;
  if (window !== undefined && findWindowStart(window, now) === undefined) return anyAmount;
  const sum = (matches: readonly MatchedEvent[]) =>
    sumAmounts(
      matches
        .filter(({ time }) => !isOutsideWindow(time, window, now))
        .map((match) => readAmount(term, match, input)),
    );
  const all = sum([...own, ...keyless, ...pending]);
  const taken = sum(pending);
  const isLost = lost !== undefined && !isOutsideWindow(lost.time, window, now);
  return {
    least: all.least - taken.least,
    most: isLost || all.most === unbounded ? unbounded : all.most - taken.most,
  };
}

function readAmount(
  term: CountTerm | SumTerm,
  { event, certain }: MatchedEvent,
  { judge }: TermInput,
): Amount {
  if (term.form === 'count') return { least: certain ? 1n : 0n, most: 1n };
  const { pattern, member } = term;
  const value = judge(member, pattern.event, createEventFact(event, pattern.event)).value as
    | bigint
    | undefined;
  return { least: certain ? (value ?? 0n) : 0n, most: value ?? unbounded };
}

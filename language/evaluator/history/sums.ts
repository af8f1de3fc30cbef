// Evaluates comparisons of sums: true or false if every sum from the least to the most agrees.

import type { SumTerm } from '../../model/model.ts';
import {
  type HistoryWindow,
  isOutsideWindow,
  listLeavingInstants,
} from '../../types/time/history-window.ts';
import type { EventPosition, MatchedEvent, MatchedEvents } from '../matches.ts';
import { type EvaluatedValue, findEarliest, unknown } from '../outcome.ts';
import { createEventFact } from './event-fact.ts';
import {
  type Amount,
  anyAmount,
  type HistoryPart,
  sumAmounts,
  sumParts,
  unbounded,
  withEvent,
} from './parts.ts';
import { comparesAll, matchesNow, type TermInput, whileLeaving } from './term-input.ts';

export function judgeSum(term: SumTerm, remembered: TermInput): EvaluatedValue {
  const { window, operator } = term;
  const matches = matchesNow(term, remembered);
  if (matches === undefined) return unknown;
  const { now } = remembered;
  const { value: bound, edge } = remembered.evaluate(term.bound);
  if (bound === undefined) return { value: undefined, edge };
  const summands = collectSummands(term, matches, remembered);
  const compared = whileLeaving(
    listLeavingInstants(window, listTimes(summands), now),
    now,
    (instant) => {
      const { least, most } = sumSummands(summands, window, instant);
      const end = most === unbounded ? Number.POSITIVE_INFINITY : most;
      return comparesAll(operator, [least, end], bound as bigint);
    },
  );
  return { value: compared.value, edge: findEarliest(edge, compared.edge) };
}

/** A sum as a session stores it. */
export interface Summands {
  readonly parts: readonly HistoryPart[];
  /** The parts of events whose key is unknown. */
  readonly keyless: readonly HistoryPart[];
  readonly lost: EventPosition | undefined;
}

export function collectSummands(
  { pattern, member, window }: SumTerm,
  { own, keyless, lost }: MatchedEvents,
  { judge }: TermInput,
): Summands {
  const readAmount = ({ event, certain }: MatchedEvent): Amount => {
    const { value } = judge(member, pattern.event, createEventFact(event, pattern.event));
    const most = (value as bigint | undefined) ?? unbounded;
    return { least: certain && value !== undefined ? most : 0n, most };
  };
  if (pattern.isShared) {
    const makePart = (match: MatchedEvent) => ({
      oldest: match.time,
      newest: match.time,
      ...readAmount(match),
    });
    return { parts: own.map(makePart), keyless: keyless.map(makePart), lost };
  }
  const addMatch = (parts: readonly HistoryPart[], match: MatchedEvent): readonly HistoryPart[] =>
    withEvent(parts, match.time, readAmount(match), window, match.event.recorded);
  return { parts: own.reduce(addMatch, []), keyless: keyless.reduce(addMatch, []), lost };
}

function listTimes({ parts, keyless, lost }: Summands): readonly bigint[] {
  const times = [...parts, ...keyless].flatMap(({ oldest, newest }) => [oldest, newest]);
  return lost === undefined ? times : [...times, lost.time];
}

/** The least and the most that the events within the window add. */
export function sumSummands(
  { parts, keyless, lost }: Summands,
  window: HistoryWindow | undefined,
  now: bigint,
): Amount {
  const isLost = lost !== undefined && !isOutsideWindow(lost.time, window, now);
  return sumAmounts([
    sumParts(parts, window, now),
    sumParts(keyless, window, now),
    ...(isLost ? [anyAmount] : []),
  ]);
}

// Evaluates comparisons of sums: true or false if every sum from the least to the most agrees.

import type { SumTerm } from '../../model/model.ts';
import { type HistoryWindow, isOver, leaving } from '../../types/time/history-window.ts';
import type { Match, Matches, Position } from '../matches.ts';
import { earliest, type Outcome, unknown } from '../outcome.ts';
import { eventFact } from './event-fact.ts';
import {
  type Amount,
  amountAt,
  anything,
  type Part,
  sumOf,
  unbounded,
  withEvent,
} from './parts.ts';
import { comparesAll, matchesNow, type TermInput, whileLeaving } from './term-input.ts';

export function judgeSum(term: SumTerm, remembered: TermInput): Outcome {
  const { window, operator } = term;
  const matches = matchesNow(term, remembered);
  if (matches === undefined) return unknown;
  const { now } = remembered;
  const { value: bound, edge } = remembered.evaluate(term.bound);
  if (bound === undefined) return { value: undefined, edge };
  const summands = summandsOf(term, matches, remembered);
  const compared = whileLeaving(leaving(window, timesOf(summands), now), now, (instant) => {
    const { least, most } = addedAt(summands, window, instant);
    const end = most === unbounded ? Number.POSITIVE_INFINITY : most;
    return comparesAll(operator, [least, end], bound as bigint);
  });
  return { value: compared.value, edge: earliest(edge, compared.edge) };
}

/** A sum as a session stores it. */
export interface Summands {
  readonly parts: readonly Part[];
  /** The parts of events whose key is unknown. */
  readonly keyless: readonly Part[];
  readonly lost: Position | undefined;
}

export function summandsOf(
  { pattern, member, window }: SumTerm,
  { own, keyless, lost }: Matches,
  { judge }: TermInput,
): Summands {
  const amountOf = ({ event, certain }: Match): Amount => {
    const { value } = judge(member, pattern.event, eventFact(event, pattern.event));
    const most = (value as bigint | undefined) ?? unbounded;
    return { least: certain && value !== undefined ? most : 0n, most };
  };
  if (pattern.isShared) {
    const partOf = (match: Match) => ({
      oldest: match.time,
      newest: match.time,
      ...amountOf(match),
    });
    return { parts: own.map(partOf), keyless: keyless.map(partOf), lost };
  }
  const added = (parts: readonly Part[], match: Match): readonly Part[] =>
    withEvent(parts, match.time, amountOf(match), window, match.event.recorded);
  return { parts: own.reduce(added, []), keyless: keyless.reduce(added, []), lost };
}

function timesOf({ parts, keyless, lost }: Summands): readonly bigint[] {
  const times = [...parts, ...keyless].flatMap(({ oldest, newest }) => [oldest, newest]);
  return lost === undefined ? times : [...times, lost.time];
}

/** The least and the most that the events within the window add. */
export function addedAt(
  { parts, keyless, lost }: Summands,
  window: HistoryWindow | undefined,
  now: bigint,
): Amount {
  const isLost = lost !== undefined && !isOver(lost.time, window, now);
  return sumOf([
    amountAt(parts, window, now),
    amountAt(keyless, window, now),
    ...(isLost ? [anything] : []),
  ]);
}

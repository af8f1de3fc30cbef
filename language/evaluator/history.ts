// Evaluates the history terms of a policy over all events of a session, as if the session forgot
// only events of further keys. Events that certainly match make a term true; if none can match, it
// is false; in between it is unknown.

import type { CountTerm, HistoryTerm, LastTerm, OnceTerm, SinceTerm } from '../model/model.ts';
import {
  findWindowStart,
  type HistoryWindow,
  isOutsideWindow,
  listLeavingInstants,
} from '../types/time/history-window.ts';
import { judgeCounted } from './history/counters.ts';
import { createEventFact } from './history/event-fact.ts';
import { isCounted } from './history/parts.ts';
import { judgeSum } from './history/sums.ts';
import { comparesAll, matchesNow, type TermInput, whileLeaving } from './history/term-input.ts';
import { type EventPosition, findNewestPosition, isLater, type MatchedEvents } from './matches.ts';
import { type EvaluatedValue, unknown } from './outcome.ts';

/** Evaluates a history term. */
export function judgeTerm(term: HistoryTerm, remembered: TermInput): EvaluatedValue {
  switch (term.form) {
    case 'once':
      return judgeCount(term, remembered);
    case 'count':
      return isCounted(term) ? judgeCounted(term, remembered) : judgeCount(term, remembered);
    case 'sum':
      return isCounted(term) ? judgeCounted(term, remembered) : judgeSum(term, remembered);
    case 'since':
      return evaluateSinceTerm(term, remembered);
    case 'last':
      return evaluateLastTerm(term, remembered);
  }
}

// --- once and count ------------------------------------------------------------------------------

function judgeCount(term: OnceTerm | CountTerm, remembered: TermInput): EvaluatedValue {
  const { window } = term;
  const matches = matchesNow(term, remembered);
  if (matches === undefined) return unknown;
  const { now } = remembered;
  const times = listPositions(matches).map(({ time }) => time);
  return whileLeaving(listLeavingInstants(window, times, now), now, (instant) =>
    compareCount(term, countEvents(matches, window, instant)),
  );
}

function listPositions({ found, lost }: MatchedEvents): readonly EventPosition[] {
  return lost === undefined ? found : [...found, lost];
}

/** The number of events that match. */
export interface EventCount {
  readonly certain: number;
  /** Includes events that may match; infinite if some were lost. */
  readonly possible: number;
}

export function countEvents(
  { found, lost }: MatchedEvents,
  window: HistoryWindow | undefined,
  now: bigint,
): EventCount {
  const inside = found.filter(({ time }) => !isOutsideWindow(time, window, now));
  const isLost = lost !== undefined && !isOutsideWindow(lost.time, window, now);
  const isKnown = window === undefined || findWindowStart(window, now) !== undefined;
  return {
    certain: isKnown ? inside.filter(({ certain }) => certain).length : 0,
    possible: isLost ? Number.POSITIVE_INFINITY : inside.length,
  };
}

function compareCount(
  term: OnceTerm | CountTerm,
  { certain, possible }: EventCount,
): boolean | undefined {
  const [operator, threshold] =
    term.form === 'once' ? (['>', 0] as const) : [term.operator, Number(term.threshold)];
  return comparesAll(operator, [certain, possible], threshold);
}

// --- since and last ------------------------------------------------------------------------------

interface Ends {
  readonly certain: EventPosition | undefined;
  readonly possible: EventPosition | undefined;
}

function findEnds(matches: MatchedEvents): Ends {
  return {
    certain: findNewestPosition(matches.found.filter(({ certain }) => certain)),
    possible: findNewestPosition(listPositions(matches)),
  };
}

function evaluateSinceTerm(term: SinceTerm, remembered: TermInput): EvaluatedValue {
  const [matched, started] = [term.pattern, term.start].map((eventPattern) => {
    const matches = matchesNow(term, remembered, eventPattern);
    return matches && findEnds(matches);
  });
  if (matched === undefined || started === undefined) return unknown;
  const follows = (event: EventPosition | undefined, other: EventPosition | undefined) =>
    event !== undefined && (other === undefined || isLater(event, other));
  const isCertain = follows(matched.certain, started.possible);
  const isPossible = follows(matched.possible, started.certain);
  return { value: isCertain ? true : isPossible ? undefined : false, edge: undefined };
}

function evaluateLastTerm(term: LastTerm, remembered: TermInput): EvaluatedValue {
  const { pattern, field } = term;
  const matches = matchesNow(term, remembered);
  const event = matches && findNewestPosition(matches.found.filter(({ certain }) => certain));
  const possible = matches && findNewestPosition(listPositions(matches));
  if (event === undefined || possible === undefined || isLater(possible, event)) return unknown;
  return remembered.judge(field, pattern.event, createEventFact(event.event, pattern.event));
}

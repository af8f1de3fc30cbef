// Evaluates the history terms of a policy over all events of a session, as if the session forgot
// only events of further keys. Events that certainly match make a term true; if none can match, it
// is false; in between it is unknown.

import type { CountTerm, HistoryTerm, LastTerm, OnceTerm, SinceTerm } from '../model/model.ts';
import { type HistoryWindow, isOver, leaving, startOf } from '../types/time/history-window.ts';
import { eventFact } from './history/event-fact.ts';
import { judgeSum } from './history/sums.ts';
import { comparesAll, matchesNow, type TermInput, whileLeaving } from './history/term-input.ts';
import { isAfter, type Matches, newest, type Position } from './matches.ts';
import { type Outcome, unknown } from './outcome.ts';

/** Evaluates a history term. */
export function judgeTerm(term: HistoryTerm, remembered: TermInput): Outcome {
  switch (term.form) {
    case 'once':
    case 'count':
      return numbered(term, remembered);
    case 'sum':
      return judgeSum(term, remembered);
    case 'since':
      return since(term, remembered);
    case 'last':
      return last(term, remembered);
  }
}

// --- once and count ------------------------------------------------------------------------------

function numbered(term: OnceTerm | CountTerm, remembered: TermInput): Outcome {
  const { window } = term;
  const matches = matchesNow(term, remembered);
  if (matches === undefined) return unknown;
  const { now } = remembered;
  const times = positionsIn(matches).map(({ time }) => time);
  return whileLeaving(leaving(window, times, now), now, (instant) =>
    truthOf(term, countAt(matches, window, instant)),
  );
}

function positionsIn({ found, lost }: Matches): readonly Position[] {
  return lost === undefined ? found : [...found, lost];
}

/** The number of events that match. */
export interface Counted {
  readonly certain: number;
  /** Includes events that may match; infinite if some were lost. */
  readonly possible: number;
}

export function countAt(
  { found, lost }: Matches,
  window: HistoryWindow | undefined,
  now: bigint,
): Counted {
  const inside = found.filter(({ time }) => !isOver(time, window, now));
  const isLost = lost !== undefined && !isOver(lost.time, window, now);
  const isKnown = window === undefined || startOf(window, now) !== undefined;
  return {
    certain: isKnown ? inside.filter(({ certain }) => certain).length : 0,
    possible: isLost ? Number.POSITIVE_INFINITY : inside.length,
  };
}

function truthOf(term: OnceTerm | CountTerm, { certain, possible }: Counted): boolean | undefined {
  const [operator, threshold] =
    term.form === 'once' ? (['>', 0] as const) : [term.operator, Number(term.threshold)];
  return comparesAll(operator, [certain, possible], threshold);
}

// --- since and last ------------------------------------------------------------------------------

interface Ends {
  readonly certain: Position | undefined;
  readonly possible: Position | undefined;
}

function endsOf(matches: Matches): Ends {
  return {
    certain: newest(matches.found.filter(({ certain }) => certain)),
    possible: newest(positionsIn(matches)),
  };
}

function since(term: SinceTerm, remembered: TermInput): Outcome {
  const [matched, started] = [term.pattern, term.start].map((each) => {
    const matches = matchesNow(term, remembered, each);
    return matches && endsOf(matches);
  });
  if (matched === undefined || started === undefined) return unknown;
  const follows = (event: Position | undefined, other: Position | undefined) =>
    event !== undefined && (other === undefined || isAfter(event, other));
  const isCertain = follows(matched.certain, started.possible);
  const isPossible = follows(matched.possible, started.certain);
  return { value: isCertain ? true : isPossible ? undefined : false, edge: undefined };
}

function last(term: LastTerm, remembered: TermInput): Outcome {
  const { pattern, field } = term;
  const matches = matchesNow(term, remembered);
  const event = matches && newest(matches.found.filter(({ certain }) => certain));
  const possible = matches && newest(positionsIn(matches));
  if (event === undefined || possible === undefined || isAfter(possible, event)) return unknown;
  return remembered.judge(field, pattern.event, eventFact(event.event, pattern.event));
}

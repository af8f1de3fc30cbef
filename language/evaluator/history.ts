// Evaluates the history terms of a policy over all events of a session, as if the session forgot
// only events of further keys. Events that certainly match make a term true; if none can match, it
// is false; in between it is unknown.

import type {
  CountTerm,
  EventPattern,
  HistoryTerm,
  LastTerm,
  OnceTerm,
  SinceTerm,
} from '../model/model.ts';
import type { SessionEvent } from '../request/session-event.ts';
import { eventFact } from './history/event-fact.ts';
import {
  isAfter,
  isOver,
  type JudgeEvent,
  type Matches,
  matchesOf,
  newest,
  type Position,
} from './matches.ts';
import { ahead, type Held, type Outcome, unknown } from './outcome.ts';
import { compares } from './time.ts';

/** The input of a term. */
export interface TermInput {
  readonly events: readonly SessionEvent[];
  readonly now: bigint;
  /** The present request's value of a pattern's key; undefined if unknown. */
  readonly keyOf: (pattern: EventPattern) => Held | undefined;
  readonly judge: JudgeEvent;
}

/** Evaluates a history term. */
export function judgeTerm(term: HistoryTerm, remembered: TermInput): Outcome {
  switch (term.form) {
    case 'once':
    case 'count':
      return numbered(term, remembered);
    case 'since':
      return since(term, remembered);
    case 'last':
      return last(term, remembered);
  }
}

/** Undefined if the present request has no such key. */
export function matchesNow(
  pattern: EventPattern,
  within: bigint | undefined,
  { events, keyOf, judge }: TermInput,
): Matches | undefined {
  const key = pattern.key === undefined ? undefined : keyOf(pattern);
  if (pattern.key !== undefined && key === undefined) return undefined;
  return matchesOf(pattern, within, events, key, judge);
}

// --- once and count ------------------------------------------------------------------------------

function numbered(term: OnceTerm | CountTerm, remembered: TermInput): Outcome {
  const matches = matchesNow(term.pattern, term.within, remembered);
  if (matches === undefined) return unknown;
  const { now } = remembered;
  const at = (instant: bigint) => truthOf(term, countAt(matches, term.within, instant));
  const value = at(now);
  // Without a window no event leaves, and with one nothing else changes over time.
  const leave = ({ time }: Position) => time + (term.within ?? 0n) + 1n;
  const candidates = term.within === undefined ? [] : positionsIn(matches).map(leave);
  const changes = [...new Set(candidates)].filter(
    (instant) => instant > now && at(instant) !== value,
  );
  return { value, edge: ahead(now, ...changes) };
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
  within: bigint | undefined,
  now: bigint,
): Counted {
  const inside = found.filter(({ time }) => !isOver(time, within, now));
  const isLost = lost !== undefined && !isOver(lost.time, within, now);
  return {
    certain: inside.filter(({ certain }) => certain).length,
    possible: isLost ? Number.POSITIVE_INFINITY : inside.length,
  };
}

/**
 * The result for every number from the certain to the possible one, or undefined if they differ.
 */
function truthOf(term: OnceTerm | CountTerm, { certain, possible }: Counted): boolean | undefined {
  const [operator, threshold] =
    term.form === 'once' ? (['>', 0] as const) : [term.operator, Number(term.threshold)];
  const ends = [certain, possible].map((count) => compares(operator, count, threshold));
  const [first, second] = ends;
  if (first !== second) return undefined;
  // Two counts that are both different from the threshold may have it between them.
  const between = certain < threshold && threshold < possible;
  return between && (operator === 'is' || operator === 'is not') ? undefined : first;
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

function since({ pattern, start }: SinceTerm, remembered: TermInput): Outcome {
  const [matched, started] = [pattern, start].map((each) => {
    const matches = matchesNow(each, undefined, remembered);
    return matches && endsOf(matches);
  });
  if (matched === undefined || started === undefined) return unknown;
  const follows = (event: Position | undefined, other: Position | undefined) =>
    event !== undefined && (other === undefined || isAfter(event, other));
  const isCertain = follows(matched.certain, started.possible);
  const isPossible = follows(matched.possible, started.certain);
  return { value: isCertain ? true : isPossible ? undefined : false, edge: undefined };
}

function last({ pattern, field }: LastTerm, remembered: TermInput): Outcome {
  const matches = matchesNow(pattern, undefined, remembered);
  const event = matches && newest(matches.found.filter(({ certain }) => certain));
  const possible = matches && newest(positionsIn(matches));
  if (event === undefined || possible === undefined || isAfter(possible, event)) return unknown;
  return remembered.judge(field, pattern.event, eventFact(event.event, pattern.event));
}

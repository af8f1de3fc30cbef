// What is asked of a session's events: defined over all of them, as if none were ever forgotten but those
// of further keys. What certainly matches makes a term true, what does not even possibly match makes it
// false, and whatever is between leaves it unknown.

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
  isBehind,
  isOver,
  type JudgeEvent,
  type Matches,
  matchesOf,
  newest,
  type Position,
} from './matches.ts';
import { ahead, type Held, type Outcome, unknown } from './outcome.ts';
import { compares } from './time.ts';

/** What a term looks at. */
export interface Remembered {
  readonly events: readonly SessionEvent[];
  readonly now: bigint;
  /** What the present request has where a pattern has a key; undefined: unknown. */
  readonly keyOf: (pattern: EventPattern) => Held | undefined;
  readonly judge: JudgeEvent;
}

export function judgeTerm(term: HistoryTerm, remembered: Remembered): Outcome {
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

/** undefined: the present request lacks the key. */
export function matchesNow(
  pattern: EventPattern,
  within: bigint | undefined,
  { events, keyOf, judge }: Remembered,
): Matches | undefined {
  const key = pattern.key === undefined ? undefined : keyOf(pattern);
  if (pattern.key !== undefined && key === undefined) return undefined;
  return matchesOf(pattern, within, events, key, judge);
}

// --- once and count ------------------------------------------------------------------------------

function numbered(term: OnceTerm | CountTerm, remembered: Remembered): Outcome {
  const matches = matchesNow(term.pattern, term.within, remembered);
  if (matches === undefined) return unknown;
  const { now } = remembered;
  const at = (instant: bigint) => truthOf(term, countAt(matches, term.within, instant));
  const value = at(now);
  // Without a window nothing leaves, and with one things do nothing else.
  const leave = ({ time }: Position) => time + (term.within ?? 0n) + 1n;
  const candidates = term.within === undefined ? [] : positionsIn(matches).map(leave);
  const turns = [...new Set(candidates)].filter(
    (instant) => instant > now && at(instant) !== value,
  );
  return { value, edge: ahead(now, ...turns) };
}

function positionsIn({ found, lost }: Matches): readonly Position[] {
  return lost === undefined ? found : [...found, lost];
}

export interface Counted {
  readonly certain: number;
  /** With those that may match; more than any number where some were lost. */
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

/** Of every number from the certain to the possible one, if they all come to the same. */
function truthOf(term: OnceTerm | CountTerm, { certain, possible }: Counted): boolean | undefined {
  const [operator, threshold] =
    term.form === 'once' ? (['>', 0] as const) : [term.operator, Number(term.threshold)];
  const ends = [certain, possible].map((count) => compares(operator, count, threshold));
  const [first, second] = ends;
  if (first !== second) return undefined;
  // Between two numbers that are something else there may be the one itself.
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

function since({ pattern, start }: SinceTerm, remembered: Remembered): Outcome {
  const [came, began] = [pattern, start].map((each) => {
    const matches = matchesNow(each, undefined, remembered);
    return matches && endsOf(matches);
  });
  if (came === undefined || began === undefined) return unknown;
  const follows = (event: Position | undefined, other: Position | undefined) =>
    event !== undefined && (other === undefined || isBehind(event, other));
  const isCertain = follows(came.certain, began.possible);
  const isPossible = follows(came.possible, began.certain);
  return { value: isCertain ? true : isPossible ? undefined : false, edge: undefined };
}

function last({ pattern, field }: LastTerm, remembered: Remembered): Outcome {
  const matches = matchesNow(pattern, undefined, remembered);
  const event = matches && newest(matches.found.filter(({ certain }) => certain));
  const possible = matches && newest(positionsIn(matches));
  if (event === undefined || possible === undefined || isBehind(possible, event)) return unknown;
  return remembered.judge(field, pattern.event, eventFact(event.event, pattern.event));
}

// The input of history terms, and the steps that several kinds of them have in common.

import type {
  Comparison,
  EventKey,
  EventPattern,
  Expr,
  HistoryTerm,
  KeyPart,
} from '../../model/model.ts';
import type { Facts, SharedView } from '../../request/facts.ts';
import type { HistoryEvent } from '../../request/session-event.ts';
import type { HistoryWindow } from '../../types/time/history-window.ts';
import {
  findMatchedEvents,
  type JudgeEvent,
  type MatchedEvent,
  type MatchedEvents,
} from '../matches.ts';
import { type EvaluatedValue, findNextInstant } from '../outcome.ts';
import { compares } from '../time.ts';
import { boundTerm } from './bound.ts';
import { createEventFact } from './event-fact.ts';
import { isCounted } from './parts.ts';

/** The input of a term. */
export interface TermInput {
  readonly events: readonly HistoryEvent[];
  readonly shared: SharedView;
  readonly now: bigint;
  readonly judge: JudgeEvent;
  /** Evaluates an expression about the present request. */
  readonly evaluate: (expr: Expr) => EvaluatedValue;
  /** Evaluates it about an earlier request. */
  readonly evaluateAbout: (expr: Expr, request: Facts) => EvaluatedValue;
}

/** The events of a pattern of the term, by default its first one, or `undefined` if the request has no such key. */
export function matchesNow(
  term: HistoryTerm,
  input: TermInput,
  pattern: EventPattern = term.pattern,
): MatchedEvents | undefined {
  const { events, shared, judge, evaluate } = input;
  const { key } = pattern;
  const window = findTermWindow(term);
  if (key === undefined) return findMatchedEvents(pattern, window, events, undefined, judge);
  const present = joinKey(key, ({ ofRequest }) => evaluate(ofRequest).value);
  if (present === undefined) return undefined;
  const recorded = pattern.isShared ? shared.events.map(({ event }) => event) : events;
  // An event of another session is compared with the key of the request that recorded it.
  const readPart = ({ ofEvent, ofRequest }: KeyPart, event: HistoryEvent, index: number) => {
    if (!pattern.isShared || ofEvent !== ofRequest) {
      return judge(ofEvent, pattern.event, createEventFact(event, pattern.event)).value;
    }
    const request = shared.events[index]?.request;
    return request && input.evaluateAbout(ofEvent, request).value;
  };
  const of = (event: HistoryEvent, index: number) =>
    joinKey(key, (part) => readPart(part, event, index));
  const counted = pattern.isShared && isCounted(term);
  const stored = boundTerm(term)?.events;
  const keys = { present, of, stored, isCounted: counted };
  const matches = findMatchedEvents(pattern, window, recorded, keys, judge);
  return pattern.isShared ? without(shared.pending, matches) : matches;
}

/** The value of a key, equal for equal values of its parts; `undefined` if one of them is unknown. */
function joinKey({ parts }: EventKey, read: (part: KeyPart) => unknown): unknown {
  const values = parts.map(read);
  if (values.includes(undefined)) return undefined;
  return values.length === 1 ? values[0] : JSON.stringify(values.map(String));
}

export function findTermWindow(term: HistoryTerm): HistoryWindow | undefined {
  return 'window' in term ? term.window : undefined;
}

/** An event that was lost remains so: any number of events up to it may match. */
function without(event: HistoryEvent | undefined, matches: MatchedEvents): MatchedEvents {
  const others = (list: readonly MatchedEvent[]) => list.filter((match) => match.event !== event);
  const { found, own, keyless, lost } = matches;
  const pending = [...own, ...keyless].filter((match) => match.event === event);
  return { found: others(found), own: others(own), keyless: others(keyless), pending, lost };
}

/** The value now, and the first of the instants at which it is another one. Nothing else changes it over time. */
export function whileLeaving(
  instants: readonly bigint[],
  now: bigint,
  at: (instant: bigint) => boolean | undefined,
): EvaluatedValue {
  const value = at(now);
  return {
    value,
    edge: findNextInstant(now, ...instants.filter((instant) => at(instant) !== value)),
  };
}

/**
 * The result of a comparison with every number from the least to the most, which may be infinite, or `undefined` if the
 * results differ.
 */
export function comparesAll(
  operator: Comparison,
  [least, most]: readonly [least: bigint | number, most: bigint | number],
  bound: bigint | number,
): boolean | undefined {
  const [first, last] = [compares(operator, least, bound), compares(operator, most, bound)];
  if (first !== last) return undefined;
  // Two numbers that are both different from the bound may have it between them.
  const between = least < bound && bound < most;
  return between && (operator === 'is' || operator === 'is not') ? undefined : first;
}

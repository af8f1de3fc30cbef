// The input of history terms, and the steps that several kinds of them have in common.

import type { EventPattern, Expr } from '../../model/model.ts';
import type { SessionEvent } from '../../request/session-event.ts';
import type { HistoryWindow } from '../../types/time/history-window.ts';
import { type JudgeEvent, type Matches, matchesOf } from '../matches.ts';
import { ahead, type Held, type Outcome } from '../outcome.ts';

/** The input of a term. */
export interface TermInput {
  readonly events: readonly SessionEvent[];
  readonly now: bigint;
  /** The present request's value of a pattern's key; undefined if unknown. */
  readonly keyOf: (pattern: EventPattern) => Held | undefined;
  readonly judge: JudgeEvent;
  /** Evaluates an expression about the present request. */
  readonly evaluate: (expr: Expr) => Outcome;
}

/** Undefined if the present request has no such key. */
export function matchesNow(
  pattern: EventPattern,
  window: HistoryWindow | undefined,
  { events, keyOf, judge }: TermInput,
): Matches | undefined {
  const key = pattern.key === undefined ? undefined : keyOf(pattern);
  if (pattern.key !== undefined && key === undefined) return undefined;
  return matchesOf(pattern, window, events, key, judge);
}

/** The value now, and the first of the instants at which it is another one. Nothing else changes it over time. */
export function whileLeaving(
  instants: readonly bigint[],
  now: bigint,
  at: (instant: bigint) => boolean | undefined,
): Outcome {
  const value = at(now);
  return { value, edge: ahead(now, ...instants.filter((instant) => at(instant) !== value)) };
}

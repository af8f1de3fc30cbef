// The input of history terms, and the steps that several kinds of them have in common.

import type { Comparison, EventPattern, Expr } from '../../model/model.ts';
import type { SessionEvent } from '../../request/session-event.ts';
import type { HistoryWindow } from '../../types/time/history-window.ts';
import { type JudgeEvent, type Matches, matchesOf } from '../matches.ts';
import { ahead, type Outcome } from '../outcome.ts';
import { compares } from '../time.ts';

/** The input of a term. */
export interface TermInput {
  readonly events: readonly SessionEvent[];
  readonly now: bigint;
  readonly judge: JudgeEvent;
  /** Evaluates an expression about the present request. */
  readonly evaluate: (expr: Expr) => Outcome;
}

/** Undefined if the present request has no such key. */
export function matchesNow(
  pattern: EventPattern,
  window: HistoryWindow | undefined,
  { events, judge, evaluate }: TermInput,
): Matches | undefined {
  const key = pattern.key && evaluate(pattern.key.ofRequest).value;
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

/**
 * The result of a comparison with every number from the least to the most, which may be infinite; undefined if the
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

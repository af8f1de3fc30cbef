// Evaluates whether an instant is in a window and, if the instant moves with the clock, when that
// changes; and evaluates the calendar fields of an instant that does not move.

import type { CalendarExpr } from '../model/model.ts';
import { readCalendarField } from '../types/time/fields.ts';
import { findNextChange, isInsideWindow, type Window } from '../types/time/window.ts';
import {
  type ClockedValue,
  type EvaluatedValue,
  findEarliest,
  findNextInstant,
} from './outcome.ts';

export function evaluateWindow(
  window: Window,
  of: ClockedValue,
  now: bigint | undefined,
): EvaluatedValue {
  const { value, edge, clock } = of;
  if (typeof value !== 'bigint') return { value: undefined, edge };
  if (clock === 'none') return { value: isInsideWindow(window, value), edge };
  if (now === undefined) return { value: undefined, edge };
  const change = findNextChange(window, now + value);
  const edgeOfWindow = change === undefined ? undefined : findNextInstant(now, change - value);
  return { value: isInsideWindow(window, now + value), edge: findEarliest(edge, edgeOfWindow) };
}

export function evaluateCalendarField(
  { field, zone }: CalendarExpr,
  of: EvaluatedValue,
): EvaluatedValue {
  const { value, edge } = of;
  return {
    value: typeof value === 'bigint' ? readCalendarField(field, zone, value) : undefined,
    edge,
  };
}

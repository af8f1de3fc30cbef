// Evaluates whether an instant is in a window and, if the instant moves with the clock, when that
// changes; and evaluates the calendar fields of an instant that does not move.

import type { CalendarExpr } from '../model/model.ts';
import { fieldOf } from '../types/time/fields.ts';
import { isInside, nextChange, type Window } from '../types/time/window.ts';
import { ahead, earliest, type Outcome, type TimeOutcome } from './outcome.ts';

export function inWindow(window: Window, of: TimeOutcome, now: bigint | undefined): Outcome {
  const { value, edge, clock } = of;
  if (typeof value !== 'bigint') return { value: undefined, edge };
  if (clock === 'none') return { value: isInside(window, value), edge };
  if (now === undefined) return { value: undefined, edge };
  const change = nextChange(window, now + value);
  const edgeOfWindow = change === undefined ? undefined : ahead(now, change - value);
  return { value: isInside(window, now + value), edge: earliest(edge, edgeOfWindow) };
}

export function calendarField({ field, zone }: CalendarExpr, of: Outcome): Outcome {
  const { value, edge } = of;
  return { value: typeof value === 'bigint' ? fieldOf(field, zone, value) : undefined, edge };
}

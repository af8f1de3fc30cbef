// Whether an instant lies in a window and, where it moves with the clock, when that changes; and what
// a zone's clock reads at an instant that doesn't.

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
  const turn = change === undefined ? undefined : ahead(now, change - value);
  return { value: isInside(window, now + value), edge: earliest(edge, turn) };
}

export function calendarField({ field, zone }: CalendarExpr, of: Outcome): Outcome {
  const { value, edge } = of;
  return { value: typeof value === 'bigint' ? fieldOf(field, zone, value) : undefined, edge };
}

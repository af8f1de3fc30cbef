// Decides whether a window includes no instant, or every instant, of all weeks.

import { dayLength } from '../types/time/calendar.ts';
import type { Window } from '../types/time/window.ts';

const weekdays = [0, 1, 2, 3, 4, 5, 6];

/** Whether no instant is in the window. */
export function isNever({ parts }: Window): boolean {
  return parts.every(({ ranges }) => ranges.every(({ from, to }) => from >= to));
}

/** Whether every instant is in the window; false if that depends on the month. */
export function isAlways({ parts, except }: Window): boolean {
  if (except.length > 0) return false;
  return weekdays.every((weekday) => {
    const ranges = parts.flatMap((part) => [
      ...(isOn(part.days, weekday) ? part.ranges : []),
      // The part after midnight.
      ...(isOn(part.days, (weekday + 6) % 7)
        ? part.ranges.map(({ from, to }) => ({ from: from - dayLength, to: to - dayLength }))
        : []),
    ]);
    return covers(ranges);
  });
}

type Days = Window['parts'][number]['days'];

function isOn(days: Days, weekday: number): boolean {
  if (days.length === 0) return true;
  return days.some((each) => each.nth === undefined && each.weekdays.includes(weekday));
}

/** Whether the ranges include the whole day. */
function covers(ranges: readonly { readonly from: number; readonly to: number }[]): boolean {
  let until = 0;
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    if (from > until) return false;
    until = Math.max(until, to);
  }
  return until >= dayLength;
}

// The times of a week at which an instant can be in a window, or outside of it: ranges of the wall clock of a zone from
// Monday, 00:00. They never exclude a time at which some instant is.

import { dayLength } from '../../types/time/calendar.ts';
import type { TimeRange, Window, WindowPart } from '../../types/time/window.ts';

/** Ranges in milliseconds since the start of Monday, in order and disjoint. */
export type WeekTimes = readonly TimeRange[];

const weekdays = [0, 1, 2, 3, 4, 5, 6];
const weekLength = weekdays.length * dayLength;

export const wholeWeek: WeekTimes = [{ from: 0, to: weekLength }];

interface Times {
  readonly inside: WeekTimes;
  readonly outside: WeekTimes;
}

const knownWeakMap = new WeakMap<Window, Times>();

/** The times at which an instant can be inside of a window, or outside of it. */
export function findWeekTimes(window: Window, isInside: boolean): WeekTimes {
  const before = knownWeakMap.get(window);
  const times = before ?? findTimes(window);
  if (before === undefined) knownWeakMap.set(window, times);
  return isInside ? times.inside : times.outside;
}

/** The times in both. */
export function commonTimes(a: WeekTimes, b: WeekTimes): WeekTimes {
  if (a === wholeWeek || b === wholeWeek) return a === wholeWeek ? b : a;
  return a.flatMap((one) =>
    b
      .map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }))
      .filter(({ from, to }) => from < to),
  );
}

function findTimes({ parts, except }: Window): Times {
  const inside = uniteRanges(parts.flatMap((part) => placeRanges(part, listWeekdays(part, false))));
  // On the days of an exception, and on other days of a month, an instant is outside.
  const everyWeek =
    except.length > 0 ? [] : parts.flatMap((part) => placeRanges(part, listWeekdays(part, true)));
  return { inside, outside: withoutTimes(uniteRanges(everyWeek)) };
}

function listWeekdays({ days }: WindowPart, inEveryWeek: boolean): readonly number[] {
  if (days.length === 0) return weekdays;
  return days.flatMap((day) => (inEveryWeek && day.nth !== undefined ? [] : day.weekdays));
}

/** A range that continues after Sunday does so on Monday. */
function placeRanges({ ranges }: WindowPart, on: readonly number[]): readonly TimeRange[] {
  return on.flatMap((weekday) =>
    ranges.flatMap(({ from, to }) => {
      const start = weekday * dayLength + from;
      const end = weekday * dayLength + to;
      return end <= weekLength
        ? [{ from: start, to: end }]
        : [
            { from: start, to: weekLength },
            { from: Math.max(0, start - weekLength), to: end - weekLength },
          ];
    }),
  );
}

function uniteRanges(ranges: readonly TimeRange[]): WeekTimes {
  const timeRanges: TimeRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = timeRanges.at(-1);
    if (range.from >= range.to) continue;
    if (last === undefined || range.from > last.to) timeRanges.push(range);
    else timeRanges[timeRanges.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
  }
  return timeRanges;
}

function withoutTimes(times: WeekTimes): WeekTimes {
  const starts = [0, ...times.map(({ to }) => to)];
  const ends = [...times.map(({ from }) => from), weekLength];
  return starts
    .map((from, index) => ({ from, to: ends[index] as number }))
    .filter(({ from, to }) => from < to);
}

// The times at which an instant can be in a window, or outside of it, as the wall clock of a zone shows them: of a week
// from Monday, 00:00, and days of a year. They never exclude a time at which some instant is.

import { dayLength, monthLengths } from '../../types/time/calendar.ts';
import type { Season, TimeRange, Window, WindowPart } from '../../types/time/window.ts';

/** Ranges without their ends, in order and disjoint. */
type Ranges = readonly TimeRange[];

/** An instant is at one of the times of a week and on one of the days of a year. */
export interface WallTimes {
  /** In milliseconds since the start of Monday. */
  readonly week: Ranges;
  /** In days since 1 January of a leap year. */
  readonly year: Ranges;
}

const weekdays = [0, 1, 2, 3, 4, 5, 6];
const weekLength = weekdays.length * dayLength;
const yearLength = 366;
const [lastOfFebruary, leapDay] = [58, 59];

export const anyTime: WallTimes = {
  week: [{ from: 0, to: weekLength }],
  year: [{ from: 0, to: yearLength }],
};

interface Times {
  readonly inside: WallTimes;
  readonly outside: WallTimes;
}

const timesByWindow = new WeakMap<Window, Times>();

/** The times at which an instant can be inside of a window, or outside of it. */
export function findWallTimes(window: Window, isInside: boolean): WallTimes {
  const before = timesByWindow.get(window);
  const times = before ?? findTimes(window);
  if (before === undefined) timesByWindow.set(window, times);
  return isInside ? times.inside : times.outside;
}

/** The times in both. */
export function intersectTimes(a: WallTimes, b: WallTimes): WallTimes {
  if (a === anyTime || b === anyTime) return a === anyTime ? b : a;
  return { week: intersectTimeRanges(a.week, b.week), year: intersectTimeRanges(a.year, b.year) };
}

/** Whether no instant is at one of the times. */
export function isNever({ week, year }: WallTimes): boolean {
  return week.length === 0 || year.length === 0;
}

function intersectTimeRanges(a: Ranges, b: Ranges): Ranges {
  return a.flatMap((one) =>
    b
      .map((other) => ({ from: Math.max(one.from, other.from), to: Math.min(one.to, other.to) }))
      .filter(({ from, to }) => from < to),
  );
}

function findTimes({ parts, seasons, except }: Window): Times {
  const inside = uniteRanges(parts.flatMap((part) => placeRanges(part, listWeekdays(part, false))));
  // On the days of an exception, and on other days of a month, an instant is outside.
  const everyWeek =
    except.length > 0 ? [] : parts.flatMap((part) => placeRanges(part, listWeekdays(part, true)));
  const outside = withoutRanges(uniteRanges(everyWeek), weekLength);
  if (seasons.length === 0)
    return {
      inside: { week: inside, year: anyTime.year },
      outside: { week: outside, year: anyTime.year },
    };
  const isOverMidnight = parts.some(({ ranges }) => ranges.some(({ to }) => to > dayLength));
  const days = uniteRanges(seasons.flatMap(placeSeason));
  // In a season, a window that is open all day is never left.
  const isAllDay = outside.length === 0 && !isOverMidnight;
  return {
    inside: { week: inside, year: isOverMidnight ? continueDays(days) : days },
    outside: {
      week: anyTime.week,
      year: isAllDay ? withoutRanges(days, yearLength) : anyTime.year,
    },
  };
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

function placeSeason({ from, to }: Season): Ranges {
  const [start, end] = [countDayOfYear(from), countDayOfYear(to) + 1];
  return start < end
    ? [{ from: start, to: end }]
    : [
        { from: 0, to: end },
        { from: start, to: yearLength },
      ];
}

/** `yearDay`: 100 × month + date. */
function countDayOfYear(yearDay: number): number {
  const months = monthLengths.slice(0, Math.floor(yearDay / 100) - 1);
  return months.reduce((days, length) => days + length, 0) + (yearDay % 100) - 1;
}

/** Adds the day after each range: 28 February is followed by 29 February or 1 March. */
function continueDays(days: Ranges): Ranges {
  return uniteRanges(
    days.flatMap(({ from, to }) => [
      { from, to: Math.min(yearLength, to === lastOfFebruary + 1 ? leapDay + 2 : to + 1) },
      ...(to === yearLength ? [{ from: 0, to: 1 }] : []),
    ]),
  );
}

function uniteRanges(ranges: readonly TimeRange[]): Ranges {
  const timeRanges: TimeRange[] = [];
  for (const range of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = timeRanges.at(-1);
    if (range.from >= range.to) continue;
    if (last === undefined || range.from > last.to) timeRanges.push(range);
    else timeRanges[timeRanges.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
  }
  return timeRanges;
}

function withoutRanges(times: Ranges, length: number): Ranges {
  const starts = [0, ...times.map(({ to }) => to)];
  const ends = [...times.map(({ from }) => from), length];
  return starts
    .map((from, index) => ({ from, to: ends[index] as number }))
    .filter(({ from, to }) => from < to);
}

// Lowers windows to tables: a plan of ranges for each class of days that the calendar distinguishes, and
// sorted seasons and exceptions.

import {
  type DayRange,
  dayLength,
  findWeekdayOrdinal,
  isInSeason,
  isLastWeekday,
  listDayRanges,
  type TimeRange,
  toWeekday,
  toYearDay,
  type Window,
} from '@nhipol/language/types';
import type { IrWindow } from '../ir/tables.ts';

/** Weekday, ordinal in the month, and whether it is the last. */
const classCount = 7 * 5 * 2;
/** After 28 years, weekdays and months coincide again; without `1st Mon` and similar, after a week. */
const [longPeriod, shortPeriod] = [28 * 365 + 7, 7];

/**
 * An example of each class of days; some classes have none, because no day is both the first and the last
 * of its weekday in a month.
 */
function listExampleDays(): readonly number[] {
  const days = new Array<number>(classCount).fill(0);
  for (let day = 0; day < longPeriod; day += 1) days[classifyDay(day)] = day;
  return days;
}
let examples: readonly number[] | undefined;

export function lowerWindow(window: Window): IrWindow {
  const regular: Window = { ...window, seasons: [], except: [] };
  const byMonth = window.parts.some(({ days }) => days.some(({ nth }) => nth !== undefined));
  const plans: TimeRange[][] = [];
  examples ??= listExampleDays();
  const classes = examples.map((day) => addPlan(plans, mergeRanges(listDayRanges(regular, day))));
  const steady = isSteady(regular, byMonth ? longPeriod : shortPeriod);
  const seasons = lowerSeasons({ ...window, except: [] }, steady);
  return {
    name: window.name,
    zone: window.zone,
    classes,
    plans,
    seasons,
    except: mergeDayRanges(window.except),
    weekly: !byMonth,
    steady,
    searchDays: countSearchDays({ ...window, except: [] }, seasons, steady),
  };
}

function classifyDay(day: number): number {
  return (toWeekday(day) * 5 + findWeekdayOrdinal(day) - 1) * 2 + (isLastWeekday(day) ? 1 : 0);
}

/** Equal plans are stored once. */
function addPlan(plans: TimeRange[][], plan: readonly TimeRange[]): number {
  const same = plans.findIndex((ranges) => JSON.stringify(ranges) === JSON.stringify(plan));
  return same === -1 ? plans.push([...plan]) - 1 : same;
}

/** Sorts ranges and joins those that touch. */
function mergeRanges(ranges: readonly TimeRange[]): readonly TimeRange[] {
  const timeRanges: TimeRange[] = [];
  for (const { from, to } of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = timeRanges.at(-1);
    if (last !== undefined && from <= last.to) {
      timeRanges.splice(-1, 1, { from: last.from, to: Math.max(last.to, to) });
    } else timeRanges.push({ from, to });
  }
  return timeRanges;
}

function mergeDayRanges(ranges: readonly DayRange[]): readonly DayRange[] {
  const apart = ranges.map(({ from, to }) => ({ from, to: to + 1 }));
  return mergeRanges(apart).map(({ from, to }) => ({ from, to: to - 1 }));
}

/** Whether the clock is always inside or always outside. */
function isSteady(regular: Window, period: number): boolean {
  const constant = isCovered(regular, 0);
  for (let day = 0; day < period; day += 1) {
    if (constant === undefined || isCovered(regular, day) !== constant) return false;
  }
  return true;
}

/** Whether the clock is inside all day; undefined if only for a part of it. */
function isCovered(window: Window, day: number): boolean | undefined {
  const dayRanges = listDayRanges(window, day);
  const before = listDayRanges(window, day - 1);
  const spilt = before.map(({ from, to }) => ({ from: from - dayLength, to: to - dayLength }));
  const within = mergeRanges([...spilt, ...dayRanges].filter(({ to }) => to > 0));
  const [first] = within;
  if (first === undefined) return false;
  return first.from <= 0 && first.to >= dayLength ? true : undefined;
}

// --- seasons -----------------------------------------------------------------------------------

/** Years start in March, so that leap days are at their end. From 1 March 2023, a year has one. */
const leapYearStart = 19_417;
const leapYearLength = 366;

/** Seasons that limit nothing are left out. */
function lowerSeasons(window: Window, steady: boolean): readonly DayRange[] {
  const isNever = steady && isSteady(window, longPeriod);
  if (window.seasons.length === 0 || isNever) return [];
  const days = Array.from({ length: leapYearLength }, (_, index) => index);
  return mergeDayRanges(
    days
      .filter((index) => isInSeason(window, leapYearStart + index))
      .map((index) => ({ from: index, to: index })),
  );
}

/** An upper bound of the days until the next day with a given weekday and ordinal in the month. */
const maxGap = 128;

/** Counts the days that the library visits (`findTurn`) in the longest time without a change. */
function countSearchDays(window: Window, seasons: readonly DayRange[], steady: boolean): number {
  if (seasons.length === 0) return steady ? 1 : maxGap;
  const isStart = (day: number) =>
    isInSeason(window, day) !== isInSeason(window, day - 1) || isYearEnd(day) || isYearEnd(day - 1);
  let days = 0;
  let longest = 0;
  for (let day = 0; day < 2 * longPeriod; day += 1) {
    if (isStart(day) || isStart(day + 1) || (!steady && isInSeason(window, day))) days += 1;
    longest = Math.max(longest, days);
    const covered = isCovered(window, day);
    if (covered === undefined || covered !== isCovered(window, day - 1)) days = 0;
  }
  // A year without a leap day at the end of a century joins two such times.
  return 2 * longest + 2;
}

/** Whether a day is 28 or 29 February. */
function isYearEnd(day: number): boolean {
  const yearDay = toYearDay(day);
  return yearDay === 228 || yearDay === 229;
}

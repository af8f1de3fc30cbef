// Lowers windows to tables: a plan of ranges for each class of days that the calendar distinguishes, and
// sorted exceptions.

import {
  type DayRange,
  dayLength,
  findWeekdayOrdinal,
  isLastWeekday,
  listDayRanges,
  type TimeRange,
  toWeekday,
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
function exampleDays(): readonly number[] {
  const days = new Array<number>(classCount).fill(0);
  for (let day = 0; day < longPeriod; day += 1) days[classifyDay(day)] = day;
  return days;
}
let examples: readonly number[] | undefined;

export function lowerWindow(window: Window): IrWindow {
  const regular: Window = { ...window, except: [] };
  const byMonth = window.parts.some(({ days }) => days.some(({ nth }) => nth !== undefined));
  const plans: TimeRange[][] = [];
  examples ??= exampleDays();
  const classes = examples.map((day) => addPlan(plans, mergeRanges(listDayRanges(regular, day))));
  return {
    name: window.name,
    zone: window.zone,
    classes,
    plans,
    except: mergeDayRanges(window.except),
    weekly: !byMonth,
    steady: isSteady(regular, byMonth ? longPeriod : shortPeriod),
  };
}

function classifyDay(day: number): number {
  return (toWeekday(day) * 5 + findWeekdayOrdinal(day) - 1) * 2 + (isLastWeekday(day) ? 1 : 0);
}

/** Equal plans are stored once. */
function addPlan(plans: TimeRange[][], plan: readonly TimeRange[]): number {
  const same = plans.findIndex(
    (knownTimeRanges) => JSON.stringify(knownTimeRanges) === JSON.stringify(plan),
  );
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
  const covers = (day: number): boolean | undefined => {
    const ownDayRanges = listDayRanges(regular, day);
    const before = listDayRanges(regular, day - 1);
    const spilt = before.map(({ from, to }) => ({ from: from - dayLength, to: to - dayLength }));
    const within = mergeRanges([...spilt, ...ownDayRanges].filter(({ to }) => to > 0));
    const [first] = within;
    if (first === undefined) return false;
    return first.from <= 0 && first.to >= dayLength ? true : undefined;
  };
  const constant = covers(0);
  for (let day = 0; day < period; day += 1) {
    if (constant === undefined || covers(day) !== constant) return false;
  }
  return true;
}

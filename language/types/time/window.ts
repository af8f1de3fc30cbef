// The meaning of a window: an instant is inside if the wall clock of the zone shows a time from the start of
// a range to before its end, on a listed day of a season or, after midnight, on the day after one. The instants of
// changes are found by testing all candidates: simplicity matters more than speed here.

import {
  dayLength,
  findWeekdayOrdinal,
  formatYearDay,
  isLastWeekday,
  startOfYear,
  toDayNumber,
  toWeekday,
  toYear,
  toYearDay,
} from './calendar.ts';
import { computeWallClock, type Zone } from './zones.ts';

export interface Window {
  readonly name: string;
  readonly zone: Zone;
  readonly parts: readonly WindowPart[];
  /** If not empty, ranges begin only on their days. */
  readonly seasons: readonly Season[];
  /** The days on which no range begins. */
  readonly except: readonly DayRange[];
}

export interface WindowPart {
  /** If empty, every day. */
  readonly days: readonly Days[];
  readonly ranges: readonly TimeRange[];
}

/** Weekdays of each week, or the nth of each month. */
export interface Days {
  readonly weekdays: readonly number[];
  readonly nth: Nth | undefined;
}

export type Nth = 1 | 2 | 3 | 4 | 5 | 'last';

/** A range in milliseconds since midnight; an end beyond 24 hours is on the next day. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/**
 * Days of every year, as `toYearDay` gives them, inclusive. If the first is after the last, the season continues in
 * the next year.
 */
export interface Season {
  readonly from: number;
  readonly to: number;
}

/** A range of days since the epoch, inclusive. */
export interface DayRange {
  readonly from: number;
  readonly to: number;
}

/** Whether an instant is in a window, or `undefined` if the offset of the zone is not known. */
export function isInsideWindow(window: Window, instant: bigint): boolean | undefined {
  const wall = computeWallClock(window.zone, Number(instant));
  if (wall === undefined) return undefined;
  const day = toDayNumber(wall);
  const time = wall - day * dayLength;
  return (
    listDayRanges(window, day).some(({ from, to }) => from <= time && time < to) ||
    listDayRanges(window, day - 1).some(({ to }) => time + dayLength < to)
  );
}

/** The first instant after `instant` at which the result of `isInsideWindow` changes, or `undefined` if there is none. */
export function findNextChange(window: Window, instant: bigint): bigint | undefined {
  const { from, until } = window.zone.known;
  if (instant < from) return BigInt(from);
  if (instant >= until) return undefined;
  const first = toYear(Number(instant));
  const last = toYear(until - 1);
  for (const year of listChangeYears(window, first)) {
    if (year < first || year > last) continue;
    const change = listWindowChanges(window, year).find((at) => at > instant);
    if (change !== undefined) return change;
  }
  return BigInt(until);
}

/** The years after which each day of the year has been on each weekday: 29 February can take as long. */
const longestCycle = 40;

/**
 * The years in which the next change after the start of a year must be, in order. Each year has every
 * weekday, including a fifth one of a month, so a window that changes at all changes in every year
 * without an exception; with seasons, in every cycle of years. Within an exception there are no changes.
 */
function listChangeYears({ seasons, except }: Window, first: number): readonly number[] {
  const cycle = seasons.length === 0 ? 1 : longestCycle;
  const exceptionYears = except.flatMap(({ from, to }) =>
    [from, to].map((day) => toYear(day * dayLength)),
  );
  const years = [first, ...exceptionYears].flatMap((year) =>
    Array.from({ length: cycle + 3 }, (_, index) => year - 1 + index),
  );
  return [...new Set(years)].sort((a, b) => a - b);
}

/** The ranges that begin on a day. */
export function listDayRanges(window: Window, day: number): readonly TimeRange[] {
  const excepted = window.except.some(({ from, to }) => from <= day && day <= to);
  if (excepted || !isInSeason(window, day)) return [];
  return window.parts
    .filter(({ days }) => days.length === 0 || days.some((listed) => isListed(listed, day)))
    .flatMap(({ ranges }) => ranges);
}

/** Whether ranges can begin on a day, by the seasons of a window. */
export function isInSeason({ seasons }: Window, day: number): boolean {
  if (seasons.length === 0) return true;
  const yearDay = toYearDay(day);
  return seasons.some(({ from, to }) =>
    from <= to ? from <= yearDay && yearDay <= to : from <= yearDay || yearDay <= to,
  );
}

/** Formats a season as `18 Dec..4 Jan`. */
export function formatSeason({ from, to }: Season): string {
  return from === to ? formatYearDay(from) : `${formatYearDay(from)}..${formatYearDay(to)}`;
}

function isListed({ weekdays, nth }: Days, day: number): boolean {
  if (!weekdays.includes(toWeekday(day))) return false;
  if (nth === 'last') return isLastWeekday(day);
  return nth === undefined || nth === findWeekdayOrdinal(day);
}

// --- changes -----------------------------------------------------------------------------------

const cachedChanges = new WeakMap<Window, Map<number, readonly bigint[]>>();

/** The instants of a year in UTC at which `isInsideWindow` changes, in order; cached. */
export function listWindowChanges(window: Window, year: number): readonly bigint[] {
  const years = cachedChanges.get(window) ?? new Map<number, readonly bigint[]>();
  cachedChanges.set(window, years);
  const changes = years.get(year) ?? findChanges(window, startOfYear(year), startOfYear(year + 1));
  years.set(year, changes);
  return changes;
}

function findChanges(window: Window, start: number, end: number): readonly bigint[] {
  const candidates = listCandidates(window, start, end);
  const inside = candidates.map((at) => isInsideWindow(window, BigInt(at)));
  const before = isInsideWindow(window, BigInt(start - 1));
  return candidates
    .filter((_, index) => inside[index] !== (index === 0 ? before : inside[index - 1]))
    .map(BigInt);
}

/** The instants of possible changes: when the offset changes or the clock shows the start or end of a range. */
function listCandidates(window: Window, start: number, end: number): readonly number[] {
  const { offsets, known } = window.zone;
  const inForce = offsets.filter(({ from }, index) => {
    const until = offsets[index + 1]?.from ?? known.until;
    return from < end && until > start;
  });
  const found = new Set(inForce.map(({ from }) => from));
  // Offsets are less than two days, and a range ends on the second day at the latest.
  for (let day = toDayNumber(start) - 3; day <= toDayNumber(end) + 2; day += 1) {
    const times = listDayRanges(window, day).flatMap(({ from, to }) => [from, to]);
    for (const time of times) {
      for (const { ahead } of inForce) found.add(day * dayLength + time - ahead);
    }
  }
  return [...found].filter((at) => at >= start && at < end).sort((a, b) => a - b);
}

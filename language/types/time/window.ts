// The meaning of a window: an instant is inside when the wall clock of its zone reads a time from a
// range's start to before its end, on a listed day or, past midnight, on the day after one. Written
// to be read: the instants at which that changes are found by trying all that could be.

import {
  dayLength,
  dayOf,
  isLastOf,
  ordinalOf,
  startOfYear,
  weekdayOf,
  yearOf,
} from './calendar.ts';
import { wallClock, type Zone } from './zones.ts';

export interface Window {
  readonly name: string;
  readonly zone: Zone;
  readonly parts: readonly WindowPart[];
  /** Days on which no range begins. */
  readonly except: readonly DayRange[];
}

export interface WindowPart {
  /** None: every day. */
  readonly days: readonly Days[];
  readonly ranges: readonly TimeRange[];
}

/** Weekdays, of each week or of each month the nth. */
export interface Days {
  readonly weekdays: readonly number[];
  readonly nth: Nth | undefined;
}

export type Nth = 1 | 2 | 3 | 4 | 5 | 'last';

/** In milliseconds since midnight; an end beyond 24 hours lies on the next day. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Days since the epoch, both included. */
export interface DayRange {
  readonly from: number;
  readonly to: number;
}

/** undefined: beyond what is known of the zone. */
export function isInside(window: Window, instant: bigint): boolean | undefined {
  const wall = wallClock(window.zone, Number(instant));
  if (wall === undefined) return undefined;
  const day = dayOf(wall);
  const time = wall - day * dayLength;
  return (
    rangesOn(window, day).some(({ from, to }) => from <= time && time < to) ||
    rangesOn(window, day - 1).some(({ to }) => time + dayLength < to)
  );
}

/** The first instant after `instant` at which `isInside` returns something else; undefined: there is none. */
export function nextChange(window: Window, instant: bigint): bigint | undefined {
  const { from, until } = window.zone.known;
  if (instant < from) return BigInt(from);
  if (instant >= until) return undefined;
  const first = yearOf(Number(instant));
  const last = yearOf(until - 1);
  for (const year of yearsOfChanges(window, first)) {
    if (year < first || year > last) continue;
    const change = changesIn(window, year).find((at) => at > instant);
    if (change !== undefined) return change;
  }
  return BigInt(until);
}

/**
 * The years in which the next change after a year's beginning must be, in order. Every weekday, also
 * the fifth of a month, occurs in each year, so a window that changes without its exceptions changes
 * in every whole year without one. Within an exception nothing changes.
 */
function yearsOfChanges({ except }: Window, first: number): readonly number[] {
  const near = except.flatMap(({ from, to }) => [from, to].map((day) => yearOf(day * dayLength)));
  const years = [first, ...near].flatMap((year) => [year - 1, year, year + 1, year + 2]);
  return [...new Set(years)].sort((a, b) => a - b);
}

/** The ranges that begin on a day. */
export function rangesOn(window: Window, day: number): readonly TimeRange[] {
  const excepted = window.except.some(({ from, to }) => from <= day && day <= to);
  if (excepted) return [];
  return window.parts
    .filter(({ days }) => days.length === 0 || days.some((listed) => isListed(listed, day)))
    .flatMap(({ ranges }) => ranges);
}

export function isListed({ weekdays, nth }: Days, day: number): boolean {
  if (!weekdays.includes(weekdayOf(day))) return false;
  if (nth === 'last') return isLastOf(day);
  return nth === undefined || nth === ordinalOf(day);
}

// --- changes -----------------------------------------------------------------------------------

const knownChanges = new WeakMap<Window, Map<number, readonly bigint[]>>();

/** The instants of a year in UTC at which `isInside` changes, in order of time; kept once found. */
export function changesIn(window: Window, year: number): readonly bigint[] {
  const years = knownChanges.get(window) ?? new Map<number, readonly bigint[]>();
  knownChanges.set(window, years);
  const found = years.get(year) ?? findChanges(window, startOfYear(year), startOfYear(year + 1));
  years.set(year, found);
  return found;
}

function findChanges(window: Window, start: number, end: number): readonly bigint[] {
  const candidates = candidatesIn(window, start, end);
  const worth = candidates.map((at) => isInside(window, BigInt(at)));
  const before = isInside(window, BigInt(start - 1));
  return candidates
    .filter((_, index) => worth[index] !== (index === 0 ? before : worth[index - 1]))
    .map(BigInt);
}

/** Where something may change: as the clock is put forward or back, or reads a range's start or end. */
function candidatesIn(window: Window, start: number, end: number): readonly number[] {
  const { offsets, known } = window.zone;
  const inForce = offsets.filter(({ from }, index) => {
    const until = offsets[index + 1]?.from ?? known.until;
    return from < end && until > start;
  });
  const found = new Set(inForce.map(({ from }) => from));
  // Clocks are less than two days from UTC, and a range ends on the second day at the latest.
  for (let day = dayOf(start) - 3; day <= dayOf(end) + 2; day += 1) {
    const times = rangesOn(window, day).flatMap(({ from, to }) => [from, to]);
    for (const time of times) {
      for (const { ahead } of inForce) found.add(day * dayLength + time - ahead);
    }
  }
  return [...found].filter((at) => at >= start && at < end).sort((a, b) => a - b);
}

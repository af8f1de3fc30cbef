// Describes the local time in a zone, and which range or exception of a window decides.

import {
  dayLength,
  formatDate,
  toDayNumber,
  toWeekday,
  weekdayNames,
} from '../types/time/calendar.ts';
import { fieldTypes } from '../types/time/fields.ts';
import {
  formatSeason,
  isInSeason,
  listDayRanges,
  type TimeRange,
  type Window,
} from '../types/time/window.ts';
import { computeWallClock, type Zone } from '../types/time/zones.ts';

/** Returns the time on the wall clock, or `undefined` if nothing is known about the zone at that instant. */
export function describeWallClock(zone: Zone, instant: bigint): string | undefined {
  const wall = computeWallClock(zone, Number(instant));
  if (wall === undefined) return undefined;
  const day = toDayNumber(wall);
  const weekday = weekdayNames[toWeekday(day)];
  return `in ${zone.name} it is ${weekday} ${formatDate(day)} ${formatTime(wall - day * dayLength)}`;
}

export function describeWindowStatus(window: Window, instant: bigint): string | undefined {
  const wall = computeWallClock(window.zone, Number(instant));
  const reads = describeWallClock(window.zone, instant);
  if (wall === undefined || reads === undefined) return undefined;
  if (!isDeclared(window)) return reads;
  const day = toDayNumber(wall);
  return `${reads}, ${describeWindowState(window, day, wall - day * dayLength)}`;
}

/**
 * False for a window that represents a comparison with a calendar field: it has the name of the
 * field.
 */
export function isDeclared({ name }: Window): boolean {
  return !Object.hasOwn(fieldTypes, name);
}

function describeWindowState(window: Window, day: number, time: number): string {
  const today = listDayRanges(window, day);
  const inside = today.find(({ from, to }) => from <= time && time < to);
  if (inside !== undefined) return `inside ${formatRange(inside)}`;
  const rangeOfYesterday = listDayRanges(window, day - 1).find(({ to }) => time + dayLength < to);
  if (rangeOfYesterday !== undefined)
    return `inside ${formatRange(rangeOfYesterday)} of the day before`;
  const excepted = window.except.find(({ from, to }) => from <= day && day <= to);
  if (excepted !== undefined) {
    const { from, to } = excepted;
    const days = from === to ? formatDate(from) : `${formatDate(from)}..${formatDate(to)}`;
    return `and ${days} is an exception of ${window.name}`;
  }
  if (!isInSeason(window, day)) {
    return `outside ${window.seasons.map(formatSeason).join(', ')}`;
  }
  const weekday = weekdayNames[toWeekday(day)];
  if (today.length === 0) return `a ${weekday} on which ${window.name} has no hours`;
  return `outside ${today.map(formatRange).join(', ')}`;
}

function formatRange({ from, to }: TimeRange): string {
  const end = to > dayLength ? to - dayLength : to;
  return `${formatTime(from)}..${formatTime(end)}`;
}

/** `09:00`, with seconds and milliseconds if they are not 0. */
function formatTime(milliseconds: number): string {
  if (milliseconds === dayLength) return '24:00';
  const whole = new Date(milliseconds).toISOString().slice(11, 23);
  return whole.replace(/\.000$/, '').replace(/(\d\d:\d\d):00$/, '$1');
}

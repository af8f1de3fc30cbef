// Calendar fields of an instant in a zone: the weekday and the time of day on the wall clock; and the
// windows in which a comparison of a field is true.

import type { Comparison } from '../comparisons.ts';
import { duration, type EnumType, type Type } from '../types.ts';
import { dayLength, toDayNumber, toWeekday, weekdayNames } from './calendar.ts';
import type { TimeRange, Window, WindowPart } from './window.ts';
import { computeWallClock, type Zone } from './zones.ts';

/** The fields of a wall clock. */
export type CalendarField = 'weekday' | 'time_of_day';

/** Monday is the first day of a week (ISO 8601). */
const weekdayType: EnumType = {
  kind: 'Enum',
  name: 'Weekday',
  members: weekdayNames,
  ordered: true,
  otherwise: undefined,
  span: { file: '', start: 0, end: 0 },
};

export const fieldTypes: Readonly<Record<CalendarField, Type>> = {
  weekday: weekdayType,
  time_of_day: duration,
};

export function readCalendarField(
  field: CalendarField,
  zone: Zone,
  instant: bigint,
): number | bigint | undefined {
  const wall = computeWallClock(zone, Number(instant));
  if (wall === undefined) return undefined;
  const day = toDayNumber(wall);
  return field === 'weekday' ? toWeekday(day) : BigInt(wall - day * dayLength);
}

/** The window in which `weekday(t, zone)` is one of these weekdays. */
export function createWeekdayWindow(zone: Zone, weekdays: readonly number[]): Window {
  const days = [{ weekdays, nth: undefined }];
  const parts: readonly WindowPart[] =
    weekdays.length === 0 ? [] : [{ days, ranges: [{ from: 0, to: dayLength }] }];
  return { name: 'weekday', zone, parts, seasons: [], except: [] };
}

/** The window in which `time_of_day(t, zone) op time` is true; for `is not`, callers negate `is`. */
export function createTimeOfDayWindow(
  zone: Zone,
  operator: Exclude<Comparison, 'is not'>,
  time: bigint,
): Window {
  const at = Number(time);
  const [from, to] = {
    is: [at, at + 1],
    '<': [0, at],
    '<=': [0, at + 1],
    '>': [at + 1, dayLength],
    '>=': [at, dayLength],
  }[operator] as [number, number];
  const range: TimeRange = { from: Math.max(0, from), to: Math.min(dayLength, to) };
  const parts = range.from < range.to ? [{ days: [], ranges: [range] }] : [];
  return { name: 'time_of_day', zone, parts, seasons: [], except: [] };
}

// Days of the Gregorian calendar, as the number of days since 1970-01-01, and their properties for windows.
// Any integer is a day; Monday is weekday 0.

export const dayLength = 86_400_000;

export const weekdayNames: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

export const monthNames: readonly string[] = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
];

/** The day of an instant of a wall clock. */
export function toDayNumber(wall: number): number {
  return Math.floor(wall / dayLength);
}

/** The day of a date, or `undefined` if there is no such date. Months count from 1. */
export function computeDay(year: number, month: number, date: number): number | undefined {
  const found = new Date(0);
  found.setUTCFullYear(year, month - 1, date);
  const same = found.getUTCMonth() === month - 1 && found.getUTCDate() === date;
  return same ? toDayNumber(found.getTime()) : undefined;
}

/** The first instant of a year in UTC; `Date.UTC` would map the years 0 to 99 to 1900 to 1999. */
export function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}

/** The year of an instant in UTC. */
export function toYear(instant: number): number {
  return new Date(instant).getUTCFullYear();
}

/** The weekday of a day; 1970-01-01 was a Thursday. */
export function toWeekday(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** The position of a day among those with the same weekday in its month, from 1 to 5. */
export function findWeekdayOrdinal(day: number): number {
  return Math.ceil(new Date(day * dayLength).getUTCDate() / 7);
}

/** Whether a day is the last with its weekday in its month. */
export function isLastWeekday(day: number): boolean {
  return findWeekdayOrdinal(day + 7) === 1;
}

/** The number of days of each month, from January; February has its leap day. */
export const monthLengths: readonly number[] = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** A day of the year as 100 × month + date, so that 18 December is 1218. */
export function toYearDay(day: number): number {
  const date = new Date(day * dayLength);
  return (date.getUTCMonth() + 1) * 100 + date.getUTCDate();
}

/** Formats a day of the year as `18 Dec`. */
export function formatYearDay(yearDay: number): string {
  return `${yearDay % 100} ${monthNames[Math.floor(yearDay / 100) - 1]}`;
}

/** Formats a day as `2026-12-25`; the year has a sign if it is negative or has more than four digits. */
export function formatDate(day: number): string {
  return new Date(day * dayLength).toISOString().replace(/T.*/, '');
}

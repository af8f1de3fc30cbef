// Days of the Gregorian calendar, counted from 1970-01-01, and what a window asks of them. Any whole
// number is a day; weekdays count from Monday, 0.

export const dayLength = 86_400_000;

export const weekdayNames: readonly string[] = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** The day in which an instant of a clock lies, as that clock reads it. */
export function dayOf(wall: number): number {
  return Math.floor(wall / dayLength);
}

/** undefined: there is no such date. Months count from 1. */
export function dayOfDate(year: number, month: number, date: number): number | undefined {
  const found = new Date(0);
  found.setUTCFullYear(year, month - 1, date);
  const same = found.getUTCMonth() === month - 1 && found.getUTCDate() === date;
  return same ? dayOf(found.getTime()) : undefined;
}

/** The first instant of a year in UTC; `Date.UTC` takes the years 0 to 99 for 1900 to 1999. */
export function startOfYear(year: number): number {
  return new Date(0).setUTCFullYear(year, 0, 1);
}

/** The year of an instant in UTC. */
export function yearOf(instant: number): number {
  return new Date(instant).getUTCFullYear();
}

/** 1970-01-01 was a Thursday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** Whether it is the first (1) to fifth of its weekday in its month. */
export function ordinalOf(day: number): number {
  return Math.ceil(new Date(day * dayLength).getUTCDate() / 7);
}

/** Whether a week later it is another month. */
export function isLastOf(day: number): boolean {
  return ordinalOf(day + 7) === 1;
}

/** `2026-12-25`; with a sign where the year has more than four digits or lies before 0000. */
export function dateText(day: number): string {
  return new Date(day * dayLength).toISOString().replace(/T.*/, '');
}

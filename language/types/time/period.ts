// The calendar days, weeks and months of a zone. A day begins at the first instant at which the zone's wall clock
// shows it or a later day, so periods follow each other without gaps even if a midnight is repeated or left out.

import { dayLength, toDayNumber, toWeekday } from './calendar.ts';
import { computeWallClock, type Zone } from './zones.ts';

export const periodUnits = ['day', 'week', 'month'] as const;
/** Weeks begin on Monday (ISO 8601). */
export type PeriodUnit = (typeof periodUnits)[number];

/** In milliseconds since the epoch; `end` is exclusive. */
export interface Period {
  readonly start: bigint;
  /** At most the instant from which on the offset of the zone is not known. */
  readonly end: bigint;
}

/** The period that contains an instant, or `undefined` if the offset of the zone is not known at it. */
export function resolvePeriod(unit: PeriodUnit, zone: Zone, instant: bigint): Period | undefined {
  const wall = computeWallClock(zone, Number(instant));
  if (wall === undefined) return undefined;
  let day = toDayNumber(wall);
  // Clocks that were set back over midnight show the day before again.
  while (startOfDay(zone, day + 1) <= instant) day += 1;
  return {
    start: startOfDay(zone, findFirstDay(unit, day)),
    end: startOfDay(zone, findNextFirstDay(unit, day)),
  };
}

function startOfDay(zone: Zone, day: number): bigint {
  const midnight = day * dayLength;
  for (const [index, { from, ahead }] of zone.offsets.entries()) {
    const until = zone.offsets[index + 1]?.from ?? zone.known.until;
    const start = Math.max(from, midnight - ahead);
    if (start < until) return BigInt(start);
  }
  return BigInt(zone.known.until);
}

function findFirstDay(unit: PeriodUnit, day: number): number {
  if (unit === 'day') return day;
  if (unit === 'week') return day - toWeekday(day);
  return day - new Date(day * dayLength).getUTCDate() + 1;
}

function findNextFirstDay(unit: PeriodUnit, day: number): number {
  const first = findFirstDay(unit, day);
  if (unit === 'day') return first + 1;
  if (unit === 'week') return first + 7;
  const date = new Date(first * dayLength);
  return toDayNumber(date.setUTCMonth(date.getUTCMonth() + 1));
}

// The window of a history term: which events count by the instant at which they occurred.

import { type PeriodUnit, resolvePeriod } from './period.ts';
import type { Zone } from './zones.ts';

export type HistoryWindow = AgeWindow | PeriodWindow;

/** Events that are at most so old, in milliseconds, inclusive. */
interface AgeWindow {
  readonly kind: 'age';
  readonly milliseconds: bigint;
}

/** Events of the current day, week or month on the wall clock of a zone. */
interface PeriodWindow {
  readonly kind: 'period';
  readonly unit: PeriodUnit;
  readonly zone: Zone;
}

/** The longest that an event stays in a window, in milliseconds. */
export function findWindowLength(window: HistoryWindow): bigint {
  return window.kind === 'age' ? window.milliseconds : longest[window.unit];
}

const day = 86_400_000n;
const longest: Readonly<Record<PeriodUnit, bigint>> = { day, week: 7n * day, month: 31n * day };

/** The name of each period in a policy. */
export const periodWords: Readonly<Record<PeriodUnit, string>> = {
  day: 'today',
  week: 'this week',
  month: 'this month',
};

/** The instant of the earliest events that count, or `undefined` if it is not known. */
export function findWindowStart(window: HistoryWindow, now: bigint): bigint | undefined {
  return window.kind === 'age'
    ? now - window.milliseconds
    : resolvePeriod(window.unit, window.zone, now)?.start;
}

/** Whether an event no longer counts. If it is not known, it may count. */
export function isOutsideWindow(
  time: bigint,
  window: HistoryWindow | undefined,
  now: bigint,
): boolean {
  const start = window && findWindowStart(window, now);
  return start !== undefined && time < start;
}

/** The instants after `now` at which events that occurred at `times` can leave the window. */
export function listLeavingInstants(
  window: HistoryWindow | undefined,
  times: readonly bigint[],
  now: bigint,
): readonly bigint[] {
  if (window === undefined) return [];
  const instants =
    window.kind === 'age'
      ? times.map((time) => time + window.milliseconds + 1n)
      : [findPeriodEnd(window, now)];
  return [...new Set(instants)].filter((instant) => instant > now);
}

/** The end of the current period, or the instant from which on the zone is known. */
function findPeriodEnd({ unit, zone }: PeriodWindow, now: bigint): bigint {
  return resolvePeriod(unit, zone, now)?.end ?? BigInt(zone.known.from);
}

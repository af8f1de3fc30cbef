// Bounds the steps of using the clock, a zone or a window (assembly/time/clock.ts and windows.ts).

import type { IrWindow, IrZone } from '../ir/tables.ts';

/** A comparison with the clock, or whether an age is known: the call, its edges, the comparison. */
export const askingClock = 7;

/** A binary search among `count` entries. */
function countHalvingSteps(count: number): number {
  return Math.ceil(Math.log2(Math.max(2, count))) + 2;
}

/** The reading of a wall clock: the offset in force, found by binary search. */
function countWallSteps({ offsets }: IrZone): number {
  return 2 + countHalvingSteps(offsets.length);
}

/** The call, whether the zone is known at that time, the reading and the field. */
export function countCalendarFieldSteps(zone: IrZone): number {
  return 4 + countWallSteps(zone);
}

export function countWindowSteps(window: IrWindow, clock: boolean): number {
  const { zone, plans, seasons, except, searchDays } = window;
  const ranges = Math.max(0, ...plans.map((plan) => plan.length));
  const exception = 1 + countHalvingSteps(except.length);
  // Whether a season contains the day, or where the next one starts: the call, the day of the year, each season.
  const season = seasons.length === 0 ? 0 : 2 + seasons.length;
  // The exception, the season, the class, the date and the date a week later.
  const plan = 1 + exception + season + 3;
  // The ranges of the day and of the day before.
  const inside = 1 + 2 * (plan + ranges + 1);
  const asked = 3 + countWallSteps(zone) + inside;
  if (!clock) return asked;
  // The next change: day by day until a range starts or ends, across the offsets of the zone. For an
  // exception: the day before it, its first day and the day after it; the days between are skipped.
  const days = searchDays * (except.length + 1) + 3 * except.length;
  const turn = 1 + 2 * plan + 3 * (1 + ranges * (1 + inside));
  const day = 1 + turn + exception + (seasons.length === 0 ? 0 : 1 + 2 * season);
  const offset = 3 + inside;
  return (
    8 +
    asked +
    countWallSteps(zone) +
    zone.offsets.length * offset +
    (days + zone.offsets.length + 1) * day
  );
}

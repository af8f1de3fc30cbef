// An independent implementation of windows: whether an instant is inside, from the definition of the
// window and a wall clock that the caller supplies, with JavaScript's calendar, and computed again for
// every instant.

import type { DaysNode } from '@nhipol/language/syntax';
import type { SeasonNode, WindowNode } from '../../../language/syntax/ast.ts';

const dayLength = 86_400_000;

/** The local time of the zone, as milliseconds of the same reading in UTC. */
export type WallClock = (zone: string, instant: number) => number;

function isListed({ nth, from, to = from }: DaysNode, date: Date): boolean {
  const weekday = (date.getUTCDay() + 6) % 7;
  const listed = from <= to ? weekday >= from && weekday <= to : weekday >= from || weekday <= to;
  if (!listed || nth === undefined) return listed;
  const inAWeek = new Date(date.getTime() + 7 * dayLength);
  if (nth === 'last') return inAWeek.getUTCMonth() !== date.getUTCMonth();
  return date.getUTCDate() > (nth - 1) * 7 && date.getUTCDate() <= nth * 7;
}

/**
 * Whether a date is in a season: the first day of one is the last that begins, in this year or the one before, and
 * 29 February is the day before 1 March in a year without it.
 */
function isInSeason({ from, to = from }: SeasonNode, date: Date): boolean {
  const year = date.getUTCFullYear();
  return [year - 1, year].some((first) => {
    const start = startOfDay(first, from.yearDay);
    const last = to.yearDay < from.yearDay ? first + 1 : first;
    const end = startOfDay(last, to.yearDay) + (hasDay(last, to.yearDay) ? dayLength : 0);
    return date.getTime() >= start && date.getTime() < end;
  });
}

/** JavaScript reads 29 February as 1 March in a year without it. */
function startOfDay(year: number, yearDay: number): number {
  const date = new Date(0);
  return date.setUTCFullYear(year, Math.floor(yearDay / 100) - 1, yearDay % 100);
}

function hasDay(year: number, yearDay: number): boolean {
  return new Date(startOfDay(year, yearDay)).getUTCDate() === yearDay % 100;
}

export function judgeWindow(node: WindowNode, instant: number, wallClock: WallClock): boolean {
  const wall = new Date(wallClock(node.zone.value, instant));
  const midnight = new Date(wall).setUTCHours(0, 0, 0, 0);
  const time = wall.getTime() - midnight;
  const begins = (date: Date, within: (from: number, to: number) => boolean): boolean => {
    const number = date.getTime() / dayLength;
    if (node.except.some(({ from, to }) => from.day <= number && number <= (to ?? from).day))
      return false;
    if (node.seasons.length > 0 && !node.seasons.some((season) => isInSeason(season, date)))
      return false;
    if (node.parts.length === 0) return within(0, dayLength);
    return node.parts.some(
      ({ days, ranges }) =>
        (days.length === 0 || days.some((each) => isListed(each, date))) &&
        ranges.some(({ from, to }) => within(Number(from.milliseconds), Number(to.milliseconds))),
    );
  };
  const today = begins(new Date(midnight), (from, to) => time >= from && (time < to || to < from));
  const yesterday = new Date(midnight - dayLength);
  return today || begins(yesterday, (from, to) => to < from && time < to);
}

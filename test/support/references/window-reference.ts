// An independent implementation of windows: whether an instant is inside, from the definition of the
// window and a wall clock that the caller supplies, with JavaScript's calendar, and computed again for
// every instant.

import type { DaysNode } from '@nhipol/language/syntax';
import type { WindowNode } from '../../../language/syntax/ast.ts';

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

export function judgeWindow(node: WindowNode, instant: number, wallClock: WallClock): boolean {
  const wall = new Date(wallClock(node.zone.value, instant));
  const midnight = Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate());
  const time = wall.getTime() - midnight;
  const begins = (date: Date, within: (from: number, to: number) => boolean): boolean => {
    const number = date.getTime() / dayLength;
    if (node.except.some(({ from, to }) => from.day <= number && number <= (to ?? from).day))
      return false;
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

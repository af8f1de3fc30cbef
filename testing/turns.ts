// When the windows of a policy turn: what instants a generator must hit to come near their edges.

import {
  changesIn,
  type DayRange,
  dayLength,
  endOfKnown,
  firstKnown,
  type Window,
} from '../language/index.ts';

/** Whose requests are about, unless a window speaks of another. */
const usualYear = 2026;

/** Milliseconds: changes of a year, some at exceptions, when clocks are put, and the ends of what is known. */
export function turnsOf(windows: Iterable<Window>): readonly number[] {
  const turns = new Set<number>();
  for (const window of windows) {
    const { zone, except } = window;
    for (const change of changesIn(window, usualYear)) turns.add(Number(change));
    for (const range of except.slice(0, 4)) for (const turn of around(range)) turns.add(turn);
    const put = zone.offsets.map(({ from }) => from);
    for (const from of put.filter((at) => yearOf(at) === usualYear || yearOf(at) === 2011)) {
      for (const hours of [-1, -0.5, 0, 0.5, 1]) turns.add(from + hours * 3_600_000);
    }
    turns.add(firstKnown).add(endOfKnown);
  }
  return [...turns];
}

/** The midnights of a range in UTC, from which no zone's are far. */
function around({ from, to }: DayRange): readonly number[] {
  return [from, from + 0.5, to + 0.5, to + 1].map((day) => day * dayLength);
}

function yearOf(instant: number): number {
  return new Date(instant).getUTCFullYear();
}

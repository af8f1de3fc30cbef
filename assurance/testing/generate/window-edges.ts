// The instants at which windows change, by kind, from which a generator derives boundary values in time.

import {
  type DayRange,
  dayLength,
  isFixed,
  listDayRanges,
  listWindowChanges,
  toYear,
  type Window,
  type Zone,
} from '@nhipol/language/types';

const turnKinds = [
  /** The window opens or closes, in the year of most requests. */
  'change',
  /** A range begins or ends, or would, on the days around an exception. */
  'exception',
  /** The window opens or closes in the next years, where seasons begin or end on other weekdays. */
  'season',
  /** Some time before an exception, without another change of a window that is always open. */
  'before exception',
  /** The clock is set forward or back, and the hour around it. */
  'clock change',
  /** The zone begins or ceases to be known, and the neighboring changes. */
  'known',
  /** Centuries away, in a zone that is known then. */
  'far',
] as const;

type TurnKind = (typeof turnKinds)[number];

/** In milliseconds since the epoch; kinds without instants are missing. */
export type WindowEdges = ReadonlyMap<TurnKind, readonly number[]>;

const defaultYear = 2026;
/** Years with the ends of February of the default year's neighbors: 2028 has a leap day. */
const yearsOfSeasons = [defaultYear + 1, defaultYear + 2];
/** Besides the default year: one with a calendar day that a zone skipped. */
const yearsOfClockChanges = [defaultYear, 2011];
const farYears = [4, 1904, 2104, 9996];
const maxExceptions = 4;

export function collectTurns(windows: Iterable<Window>): WindowEdges {
  const turns = new Map<TurnKind, Set<number>>();
  const add = (kind: TurnKind, instants: Iterable<number>): void => {
    const kindTurns = turns.get(kind) ?? new Set();
    for (const instant of instants) kindTurns.add(instant);
    if (kindTurns.size > 0) turns.set(kind, kindTurns);
  };
  for (const window of windows) {
    const { zone, except } = window;
    add('change', listChanges(window, defaultYear));
    if (window.seasons.length > 0)
      for (const year of yearsOfSeasons) add('season', listChanges(window, year));
    for (const range of except.slice(0, maxExceptions)) {
      add('exception', listSurroundingInstants(window, range));
      add(
        'before exception',
        [2.5, 20.5].map((days) => (range.from - days) * dayLength),
      );
    }
    const put = zone.offsets.map(({ from }) => from);
    for (const from of put.filter((at) => yearsOfClockChanges.includes(toYear(at))))
      add(
        'clock change',
        [-1, -0.5, 0, 0.5, 1].map((hours) => from + hours * 3_600_000),
      );
    const { from, until } = zone.known;
    add('known', [from, until]);
    add('known', listChanges(window, toYear(from)).slice(0, 2));
    add('known', listChanges(window, toYear(until - 1)).slice(-2));
    if (isFixed(zone))
      for (const year of farYears) add('far', listChanges(window, year).slice(0, 4));
  }
  return new Map([...turns].map(([kind, instants]) => [kind, [...instants]]));
}

function listChanges(window: Window, year: number): readonly number[] {
  return listWindowChanges(window, year).map(Number);
}

/** Midnights and the boundaries of ranges on the days next to an exception, as if there were none. */
function listSurroundingInstants(window: Window, { from, to }: DayRange): readonly number[] {
  const regular: Window = { ...window, except: [] };
  return [from - 1, from, to, to + 1].flatMap((day) => {
    const times = listDayRanges(regular, day).flatMap((range) => [range.from, range.to]);
    return [0, ...times].flatMap((time) => listInstants(window.zone, day * dayLength + time));
  });
}

/** The instants at which a zone's clock shows the time; more than one if clocks were changed in these days. */
function listInstants({ offsets }: Zone, wall: number): readonly number[] {
  const inForce = offsets.filter(({ from }, index) => {
    const until = offsets[index + 1]?.from ?? Number.POSITIVE_INFINITY;
    return from < wall + 2 * dayLength && until > wall - 2 * dayLength;
  });
  return inForce.map(({ ahead }) => wall - ahead);
}

// Windows and calendar fields: a literal for each window and instant, and a number for each time of day. What they mean is
// added later, for the years or weeks that matter, as lemmas.

import {
  computeWallClock,
  dayLength,
  isInsideWindow,
  listWindowChanges,
  startOfYear,
  toYear,
  type Window,
  type Zone,
} from '@nhipol/language/types';
import type { SymbolicEncoding } from '../facts/encoding.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import { add, createConstantTerm, type Linear } from '../formula/linear.ts';
import { createTruthValue } from '../symbolic/algebra.ts';
import type { Truth } from '../symbolic/symbolic.ts';

interface Test {
  readonly window: Window;
  readonly instant: Linear;
  readonly isInside: Literal;
}

/** The time of day of an instant in a zone. */
interface Clock {
  readonly zone: Zone;
  readonly instant: Linear;
  readonly time: Linear;
}

export class Windows {
  readonly #encoding: SymbolicEncoding;
  readonly #tests = new Map<string, Test>();
  /** The literals of each year, for the tests and clocks that there were. */
  readonly #years = new Map<
    number,
    { readonly count: number; readonly literals: readonly Literal[] }
  >();
  readonly #clocks = new Map<string, Clock>();

  constructor(encoding: SymbolicEncoding) {
    this.#encoding = encoding;
  }

  get isEmpty(): boolean {
    return this.#tests.size + this.#clocks.size === 0;
  }

  /** Whether an instant is in a window; unknown where the offset of the zone is not known. */
  test(window: Window, instant: Linear): Truth {
    const { formula } = this.#encoding;
    if (instant.terms.size === 0) {
      const fixed = isInsideWindow(window, instant.constant);
      return createTruthValue(fixed === true ? yes : no, fixed === false ? yes : no);
    }
    const key = `${toKey(window)} ${[...instant.terms].join(' ')} ${instant.constant}`;
    const test = this.#tests.get(key) ?? {
      window,
      instant,
      isInside: formula.variable(`in ${window.name}`),
    };
    this.#tests.set(key, test);
    const { from, until } = window.zone.known;
    const known = formula.and(
      formula.atMost(createConstantTerm(BigInt(from)), instant),
      formula.below(instant, createConstantTerm(BigInt(until))),
    );
    return createTruthValue(formula.and(known, test.isInside), formula.and(known, -test.isInside));
  }

  /** The time of day of an instant at which the offset of the zone is known. */
  timeOfDay(zone: Zone, instant: Linear): Linear {
    if (instant.terms.size === 0)
      return createConstantTerm(BigInt(findZoneTime(zone, Number(instant.constant)) ?? 0));
    const key = `${zone.name} ${[...instant.terms].join(' ')} ${instant.constant}`;
    const existingClock = this.#clocks.get(key);
    if (existingClock !== undefined) return existingClock.time;
    const time = this.#encoding.createNumber('a time of day', 0n, BigInt(dayLength - 1));
    this.#clocks.set(key, { zone, instant, time });
    return time;
  }

  /** The instants that are tested. */
  get instants(): readonly Linear[] {
    return [...this.#tests.values(), ...this.#clocks.values()].map(({ instant }) => instant);
  }

  /** All instants that are tested are from one to before another, and all literals are exact. */
  within(from: bigint, to: bigint): readonly Literal[] {
    const { formula } = this.#encoding;
    const hasInstant = (instant: Linear) =>
      formula.and(
        formula.atMost(createConstantTerm(from), instant),
        formula.below(instant, createConstantTerm(to)),
      );
    return [...this.instants.map(hasInstant), ...this.between(from, to)];
  }

  /** The years in UTC in which a literal has another value than its window. */
  wrongYears(
    readInstant: (term: Linear) => bigint,
    isTrue: (literal: Literal) => boolean,
  ): readonly number[] {
    const years = [...this.#tests.values()].flatMap(({ window, instant, ...test }) => {
      const at = readInstant(instant);
      const inside = isInsideWindow(window, at);
      return inside === undefined || inside === isTrue(test.isInside) ? [] : [toYear(Number(at))];
    });
    const ofClocks = [...this.#clocks.values()].flatMap(({ zone, instant, time }) => {
      const at = Number(readInstant(instant));
      const zoneTime = findZoneTime(zone, at);
      return zoneTime === undefined || BigInt(zoneTime) === readInstant(time) ? [] : [toYear(at)];
    });
    return [...new Set([...years, ...ofClocks])];
  }

  /** The exact values of all literals for instants in a year. */
  inYear(year: number): readonly Literal[] {
    const count = this.#tests.size + this.#clocks.size;
    const cachedYear = this.#years.get(year);
    if (cachedYear?.count === count) return cachedYear.literals;
    const literals = this.between(BigInt(startOfYear(year)), BigInt(startOfYear(year + 1)));
    this.#years.set(year, { count, literals });
    return literals;
  }

  /** The exact values of all literals for instants from one to before another. */
  between(from: bigint, to: bigint): readonly Literal[] {
    const { formula } = this.#encoding;
    const ofTests = [...this.#tests.values()].flatMap(({ window, instant, ...test }) => {
      const years = [toYear(Number(from)), toYear(Number(to))];
      const changes = [];
      for (let year = years[0] as number; year <= (years[1] as number); year += 1)
        changes.push(...listWindowChanges(window, year).filter((at) => at > from && at < to));
      const edges = [from, ...changes, to];
      return edges.slice(0, -1).flatMap((start, index) => {
        const inside = isInsideWindow(window, start);
        if (inside === undefined) return [];
        const here = formula.and(
          formula.atMost(createConstantTerm(start), instant),
          formula.below(instant, createConstantTerm(edges[index + 1] as bigint)),
        );
        return [formula.implies(here, inside ? test.isInside : -test.isInside)];
      });
    });
    const ofClocks = [...this.#clocks.values()].flatMap(({ zone, instant, time }) =>
      listDays(zone, Number(from), Number(to)).map(({ start, end, ahead }) => {
        const here = formula.and(
          formula.atMost(createConstantTerm(BigInt(start)), instant),
          formula.below(instant, createConstantTerm(BigInt(end))),
        );
        return formula.implies(
          here,
          formula.equal(time, add(instant, createConstantTerm(BigInt(ahead)))),
        );
      }),
    );
    return [...ofTests, ...ofClocks];
  }
}

/** Undefined where the offset is not known. */
function findZoneTime(zone: Zone, instant: number): number | undefined {
  const wall = computeWallClock(zone, instant);
  return wall === undefined ? undefined : ((wall % dayLength) + dayLength) % dayLength;
}

/** The days on the wall clock between two instants, divided where the offset changes: the time is `ahead` of the instant. */
function listDays(
  zone: Zone,
  from: number,
  to: number,
): readonly { readonly start: number; readonly end: number; readonly ahead: number }[] {
  const days: { start: number; end: number; ahead: number }[] = [];
  const last = Math.min(to, zone.known.until);
  let start = Math.max(from, zone.known.from);
  while (start < last) {
    const time = findZoneTime(zone, start) as number;
    const change = zone.offsets.find((offset) => offset.from > start)?.from ?? last;
    const end = Math.min(start + dayLength - time, change, last);
    days.push({ start, end, ahead: time - start });
    start = end;
  }
  return days;
}

/** From 2026-03-02, a Monday. */
export const twoWeeks = { from: 1_772_409_600_000n, to: 1_773_619_200_000n };

const keys = new WeakMap<Window, string>();

/** Windows with the same hours are one, whatever their names. */
function toKey(window: Window): string {
  const { zone, parts, seasons, except } = window;
  const cachedKey = keys.get(window);
  const key = cachedKey ?? JSON.stringify([zone.name, parts, seasons, except]);
  keys.set(window, key);
  return key;
}

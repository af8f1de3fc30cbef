// Windows and calendar fields: a literal for each window and instant. What a literal means is added later, for the
// years or weeks that matter, as lemmas.

import { changesIn, type Window } from '../../language/index.ts';
import { startOfYear, yearOf } from '../../language/types/time/calendar.ts';
import { isInside } from '../../language/types/time/window.ts';
import type { Encoding } from '../facts/encoding.ts';
import { type Literal, no, yes } from '../formula/formula.ts';
import { constant, type Linear } from '../formula/linear.ts';
import { truth } from '../symbolic/algebra.ts';
import type { Truth } from '../symbolic/symbolic.ts';

interface Test {
  readonly window: Window;
  readonly instant: Linear;
  readonly isInside: Literal;
}

export class Windows {
  readonly #encoding: Encoding;
  readonly #tests = new Map<string, Test>();

  constructor(encoding: Encoding) {
    this.#encoding = encoding;
  }

  get isEmpty(): boolean {
    return this.#tests.size === 0;
  }

  /** Whether an instant is in a window; unknown where the offset of the zone is not known. */
  test(window: Window, instant: Linear): Truth {
    const { formula } = this.#encoding;
    if (instant.terms.size === 0) {
      const fixed = isInside(window, instant.constant);
      return truth(fixed === true ? yes : no, fixed === false ? yes : no);
    }
    const key = `${keyOf(window)} ${[...instant.terms].join(' ')} ${instant.constant}`;
    const test = this.#tests.get(key) ?? {
      window,
      instant,
      isInside: formula.variable(`in ${window.name}`),
    };
    this.#tests.set(key, test);
    const { from, until } = window.zone.known;
    const known = formula.and(
      formula.atMost(constant(BigInt(from)), instant),
      formula.below(instant, constant(BigInt(until))),
    );
    return truth(formula.and(known, test.isInside), formula.and(known, -test.isInside));
  }

  /** The instants that are tested. */
  get instants(): readonly Linear[] {
    return [...this.#tests.values()].map(({ instant }) => instant);
  }

  /** The years in UTC in which a literal has another value than its window. */
  wrongYears(
    instantOf: (term: Linear) => bigint,
    isTrue: (literal: Literal) => boolean,
  ): readonly number[] {
    const years = [...this.#tests.values()].flatMap(({ window, instant, ...test }) => {
      const at = instantOf(instant);
      const inside = isInside(window, at);
      return inside === undefined || inside === isTrue(test.isInside) ? [] : [yearOf(Number(at))];
    });
    return [...new Set(years)];
  }

  /** The exact values of all literals for instants in a year. */
  inYear(year: number): readonly Literal[] {
    return this.between(BigInt(startOfYear(year)), BigInt(startOfYear(year + 1)));
  }

  /** The exact values of all literals for instants from one to before another. */
  between(from: bigint, to: bigint): readonly Literal[] {
    const { formula } = this.#encoding;
    return [...this.#tests.values()].flatMap(({ window, instant, ...test }) => {
      const years = [yearOf(Number(from)), yearOf(Number(to))];
      const changes = [];
      for (let year = years[0] as number; year <= (years[1] as number); year += 1)
        changes.push(...changesIn(window, year).filter((at) => at > from && at < to));
      const edges = [from, ...changes, to];
      return edges.slice(0, -1).flatMap((start, index) => {
        const inside = isInside(window, start);
        if (inside === undefined) return [];
        const here = formula.and(
          formula.atMost(constant(start), instant),
          formula.below(instant, constant(edges[index + 1] as bigint)),
        );
        return [formula.implies(here, inside ? test.isInside : -test.isInside)];
      });
    });
  }
}

const keys = new WeakMap<object, string>();

/** Windows with the same hours are one, whatever their names. */
function keyOf({ zone, parts, except }: Window): string {
  const known = keys.get(parts);
  const key = known ?? JSON.stringify([zone.name, parts, except]);
  keys.set(parts, key);
  return key;
}

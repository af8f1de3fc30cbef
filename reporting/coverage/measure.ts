// How much of a policy its tests cover: of its rules, of its conditions, and of the outcomes of both.

import type { Point, TestCoverage } from '../../testing/coverage/coverage.ts';

export interface Share {
  readonly covered: number;
  readonly all: number;
}

export interface Measure {
  /** That fired at all, with the bands of scores and what they count. */
  readonly rules: Share;
  /** Of which every outcome that can be was seen. */
  readonly conditions: Share;
  /** Of both. */
  readonly outcomes: Share;
}

export type State = 'covered' | 'partly' | 'uncovered';

export function measureOf(points: readonly Point[]): Measure {
  const live = points.filter(({ outcomes }) => outcomes.length > 0);
  const conditions = live.filter(({ kind }) => kind === 'condition');
  const rules = live.filter(({ kind }) => kind !== 'condition');
  const outcomes = live.flatMap((point) => point.outcomes);
  return {
    rules: share(rules, (rule) => stateOf(rule) !== 'uncovered'),
    conditions: share(conditions, (condition) => stateOf(condition) === 'covered'),
    outcomes: share(outcomes, ({ times }) => times > 0),
  };
}

function share<T>(all: readonly T[], isCovered: (each: T) => boolean): Share {
  return { covered: all.filter(isCovered).length, all: all.length };
}

export function pointsOf({ files }: TestCoverage): readonly Point[] {
  return files.flatMap(({ points }) => points);
}

export function stateOf({ outcomes }: Point): State {
  const seen = outcomes.filter(({ times }) => times > 0).length;
  return seen === outcomes.length ? 'covered' : seen === 0 ? 'uncovered' : 'partly';
}

/** Rounded down, so that only the whole is 100; of nothing all is covered. */
export function percentOf({ covered, all }: Share): number {
  return all === 0 ? 100 : Math.floor((100 * covered) / all);
}

// Measures how many rules, conditions and outcomes the tests of a policy cover.

import type { Point, TestCoverage } from '@nhipol/testing/coverage';

export interface Share {
  readonly covered: number;
  readonly all: number;
}

export interface CoverageMeasure {
  /** Rules that fired, including the bands and conditions of scores. */
  readonly rules: Share;
  /** Conditions of which all possible outcomes were observed. */
  readonly conditions: Share;
  /** Outcomes of both. */
  readonly outcomes: Share;
}

export type CoverageState = 'covered' | 'partly' | 'uncovered';

export function measurePoints(points: readonly Point[]): CoverageMeasure {
  const live = points.filter(({ outcomes }) => outcomes.length > 0);
  const conditions = live.filter(({ kind }) => kind === 'condition');
  const rules = live.filter(({ kind }) => kind !== 'condition');
  const outcomes = live.flatMap((point) => point.outcomes);
  return {
    rules: share(rules, (rule) => classifyPoint(rule) !== 'uncovered'),
    conditions: share(conditions, (condition) => classifyPoint(condition) === 'covered'),
    outcomes: share(outcomes, ({ times }) => times > 0),
  };
}

function share<T>(all: readonly T[], isCovered: (each: T) => boolean): Share {
  return { covered: all.filter(isCovered).length, all: all.length };
}

export function collectPoints({ files }: TestCoverage): readonly Point[] {
  return files.flatMap(({ points }) => points);
}

export function classifyPoint({ outcomes }: Point): CoverageState {
  const seen = outcomes.filter(({ times }) => times > 0).length;
  return seen === outcomes.length ? 'covered' : seen === 0 ? 'uncovered' : 'partly';
}

/** Returns the percentage, rounded down so that only full coverage is 100. It is 100 if there is nothing to cover. */
export function toPercent({ covered, all }: Share): number {
  return all === 0 ? 100 : Math.floor((100 * covered) / all);
}

// Observes tests and records what they cover. A decision on an invalid request is not counted: most of it is
// unknown, and nothing but revokes is evaluated.

import type { Trace } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { CoveredFile, OutcomeName, TestCoverage } from './coverage.ts';
import { type OpenPoint, Points } from './points.ts';

export class CoverageRecorder {
  readonly #policy: PolicyModel;
  readonly #points: Points;

  constructor(policy: PolicyModel) {
    this.#policy = policy;
    this.#points = new Points(policy);
  }

  /** The observer of one decision. */
  decision(): Trace {
    const seen = new Map<OpenPoint, Set<OutcomeName>>();
    const see = (point: OpenPoint | undefined, outcome: OutcomeName) => {
      if (point !== undefined) seen.set(point, (seen.get(point) ?? new Set()).add(outcome));
    };
    let isOver = false;
    return {
      expression: (expr, { value }) => {
        if (isOver) return;
        see(
          this.#points.conditions.get(expr),
          value === undefined ? 'unknown' : `${value === true}`,
        );
        if (value !== false) see(this.#points.counts.get(expr), 'fired');
      },
      judged: (halves, error) => {
        isOver = true;
        if (error !== undefined) return;
        for (const { by, effect, fired } of halves) {
          if (fired) see(this.#points.byHalf.get(by), effect === by.effect ? 'fired' : 'denied');
        }
        for (const [point, outcomes] of seen) {
          for (const outcome of outcomes) count(point, outcome);
        }
      },
    };
  }

  get coverage(): TestCoverage {
    const { name, version, span, sources } = this.#policy;
    const points = this.#points.all;
    const files = sources.flatMap(({ path, text }): readonly CoveredFile[] => {
      const filePoints = points.filter(({ file }) => file === path).map(closePoint);
      return filePoints.length === 0 ? [] : [{ path, text, points: filePoints }];
    });
    return { name, version, path: span.file, files };
  }
}

/** An impossible outcome never occurs. */
function count({ times }: OpenPoint, outcome: OutcomeName): void {
  const before = times.get(outcome);
  if (before !== undefined) times.set(outcome, before + 1);
}

function closePoint({ file: _, times, ...point }: OpenPoint): CoveredFile['points'][number] {
  return { ...point, outcomes: [...times].map(([outcome, seen]) => ({ outcome, times: seen })) };
}

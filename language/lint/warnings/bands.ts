// Warns of bands of scores that no sum of weights reaches, and of bands that every request reaches.

import type { PolicyModel, Score } from '../../model/model.ts';
import type { LintAnalysis } from '../analysis.ts';
import { createNeverHas } from '../reasoning/decided.ts';
import { onlyFalse } from '../reasoning/truth-set.ts';
import { listWeightSums } from '../rules.ts';

export function warnOfBands({ scores }: PolicyModel, analysis: LintAnalysis): void {
  for (const score of scores) warn(score, analysis);
}

function warn({ bands, conditions, scope }: Score, analysis: LintAnalysis): void {
  const { reporter } = analysis;
  const has = createNeverHas(analysis);
  const isSure = conditions.map(({ condition }) => has(scope, condition, onlyFalse));
  const least = conditions
    .filter((_, index) => isSure[index])
    .reduce((sum, { weight }) => sum + weight, 0n);
  const sums = listWeightSums(conditions.filter((_, index) => !isSure[index]));
  const ascending = bands.toSorted((a, b) => (a.from < b.from ? -1 : 1));
  const reached = ascending.findLast(({ from }) => from <= least);
  for (const [index, band] of ascending.entries()) {
    const next = ascending[index + 1]?.from;
    const isReachable =
      sums === undefined ||
      sums.some((sum) => least + sum >= band.from && (next === undefined || least + sum < next));
    if (!isReachable) {
      const label = 'its weights have no sum in this band';
      reporter.report('never-fires', band.span, { what: 'this band of a score' }, { label });
    } else if (band === reached) {
      const what = `this band of a score${next === undefined ? '' : ', or a stricter one,'}`;
      const label = `conditions that always count have the sum ${least}`;
      reporter.report('always-fires', band.span, { what }, { label });
    }
  }
}

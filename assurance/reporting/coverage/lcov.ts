// Coverage by tests as an lcov tracefile: a function for each rule, hit if it fired; a branch for each possible
// outcome; a line for each start of a rule or condition, hit if one of its outcomes was observed.

import type { CoveredFile, Point, TestCoverage } from '@nhipol/testing/coverage';

export function testCoverageLcov(coverages: readonly TestCoverage[]): string {
  return coverages.flatMap(({ files }) => files.map(printRecord)).join('');
}

function printRecord({ path, points }: CoveredFile): string {
  const live = points.filter(({ outcomes }) => outcomes.length > 0);
  const lines = [
    'TN:',
    `SF:${path}`,
    ...formatFunctionLines(live.filter(({ kind }) => kind === 'rule' || kind === 'count')),
    ...formatBranchLines(live),
    ...hitLines(live),
    'end_of_record',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function formatFunctionLines(rules: readonly Point[]): readonly string[] {
  const ids = rules.map(({ name }) => name);
  // Names of functions are unique; several rules may have the same name.
  const named = rules.map((rule) => {
    const isAlone = ids.filter((id) => id === rule.name).length === 1;
    return { rule, name: isAlone ? rule.name : `${rule.name}:${rule.line}` };
  });
  return [
    ...named.map(({ rule, name }) => `FN:${rule.line},${name}`),
    ...named.map(({ rule, name }) => `FNDA:${countTimes(rule)},${name}`),
    ...formatTotals('FN', rules.map(countTimes)),
  ];
}

/** Each point is a separate block. */
function formatBranchLines(points: readonly Point[]): readonly string[] {
  const blocks = new Map<number, number>();
  const lines = points.flatMap((point) => {
    const { line, outcomes } = point;
    const block = blocks.get(line) ?? 0;
    blocks.set(line, block + 1);
    const isUnobserved = countTimes(point) === 0;
    return outcomes.map(
      ({ times }, branch) => `BRDA:${line},${block},${branch},${isUnobserved ? '-' : times}`,
    );
  });
  return [
    ...lines,
    ...formatTotals(
      'BR',
      points.flatMap(({ outcomes }) => outcomes.map(({ times }) => times)),
    ),
  ];
}

function hitLines(points: readonly Point[]): readonly string[] {
  const hits = new Map<number, number>();
  for (const point of points) {
    hits.set(point.line, Math.max(hits.get(point.line) ?? 0, countTimes(point)));
  }
  const sorted = [...hits].sort(([a], [b]) => a - b);
  return [
    ...sorted.map(([line, times]) => `DA:${line},${times}`),
    ...formatTotals(
      'L',
      sorted.map(([, times]) => times),
    ),
  ];
}

/** The number of items found and hit. */
function formatTotals(what: string, times: readonly number[]): readonly string[] {
  const hit = times.filter((time) => time > 0).length;
  return [`${what}F:${times.length}`, `${what}H:${hit}`];
}

function countTimes({ outcomes }: Point): number {
  return outcomes.reduce((sum, { times }) => sum + times, 0);
}

// Coverage by tests as a tracefile of lcov, which many tools read: a function for each rule, hit where it
// fired; a branch for each outcome that can be; a line wherever a rule or a condition begins, hit where
// something of it was seen.

import type { CoveredFile, Point, TestCoverage } from '../../testing/coverage/coverage.ts';

export function testCoverageLcov(coverages: readonly TestCoverage[]): string {
  return coverages.flatMap(({ files }) => files.map(recordOf)).join('');
}

function recordOf({ path, points }: CoveredFile): string {
  const live = points.filter(({ outcomes }) => outcomes.length > 0);
  const lines = [
    'TN:',
    `SF:${path}`,
    ...functionLines(live.filter(({ kind }) => kind === 'rule' || kind === 'count')),
    ...branchLines(live),
    ...hitLines(live),
    'end_of_record',
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function functionLines(rules: readonly Point[]): readonly string[] {
  const ids = rules.map(({ name }) => name);
  // A function has a name of its own; rules may share theirs.
  const named = rules.map((rule) => {
    const isAlone = ids.filter((id) => id === rule.name).length === 1;
    return { rule, name: isAlone ? rule.name : `${rule.name}:${rule.line}` };
  });
  return [
    ...named.map(({ rule, name }) => `FN:${rule.line},${name}`),
    ...named.map(({ rule, name }) => `FNDA:${timesOf(rule)},${name}`),
    ...totals('FN', rules.map(timesOf)),
  ];
}

/** Each point is a block of its own. */
function branchLines(points: readonly Point[]): readonly string[] {
  const blocks = new Map<number, number>();
  const lines = points.flatMap((point) => {
    const { line, outcomes } = point;
    const block = blocks.get(line) ?? 0;
    blocks.set(line, block + 1);
    const isUnseen = timesOf(point) === 0;
    return outcomes.map(
      ({ times }, branch) => `BRDA:${line},${block},${branch},${isUnseen ? '-' : times}`,
    );
  });
  return [
    ...lines,
    ...totals(
      'BR',
      points.flatMap(({ outcomes }) => outcomes.map(({ times }) => times)),
    ),
  ];
}

function hitLines(points: readonly Point[]): readonly string[] {
  const hits = new Map<number, number>();
  for (const point of points) {
    hits.set(point.line, Math.max(hits.get(point.line) ?? 0, timesOf(point)));
  }
  const sorted = [...hits].sort(([a], [b]) => a - b);
  return [
    ...sorted.map(([line, times]) => `DA:${line},${times}`),
    ...totals(
      'L',
      sorted.map(([, times]) => times),
    ),
  ];
}

/** Found and hit. */
function totals(what: string, times: readonly number[]): readonly string[] {
  const hit = times.filter((each) => each > 0).length;
  return [`${what}F:${times.length}`, `${what}H:${hit}`];
}

function timesOf({ outcomes }: Point): number {
  return outcomes.reduce((sum, { times }) => sum + times, 0);
}

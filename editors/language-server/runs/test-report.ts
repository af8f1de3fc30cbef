// The results of tests and their coverage, as `nhipol/runTests` returns them.

import { type Clock, isVocabulary, renderExplanation } from '@nhipol/language';
import type { Policy } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import { explainTest, type StepFailure, whyFailed } from '@nhipol/testing';
import type { OutcomeName, Point } from '@nhipol/testing/coverage';
import { expectationSpan, expectationsOf, type ListedTest } from '../index/tests.ts';
import type { Positions } from '../positions.ts';
import type {
  ConditionCoverage,
  FileCoverage,
  OutcomeCounts,
  RuleCoverage,
  TestFailure,
  TestOutcome,
} from '../protocol.ts';
import { namedSources } from './named-sources.ts';
import type { RanTest, TestRun } from './test-run.ts';

export function testOutcome(
  { listed, result }: RanTest,
  policy: Policy,
  positions: Positions,
  now: bigint,
): TestOutcome {
  const { passed, milliseconds, test } = result;
  const explanations = passed ? [] : explainTest(policy, test, (at) => clockAt(at, now));
  return {
    name: listed.name,
    uri: positions.uriOf(listed.span.file),
    outcome: passed ? 'passed' : 'failed',
    failures: failuresOf({ listed, result }, positions).map((failure) => ({
      message: failure.message,
      uri: positions.uriOf(failure.span.file),
      range: positions.rangeOf(failure.span),
      step: failure.step,
      expected: linesOf(failure, 'expected'),
      actual: linesOf(failure, 'got'),
      ...explained(whyFailed(failure, explanations), policy),
    })),
    milliseconds,
  };
}

function linesOf({ differences }: StepFailure, side: 'expected' | 'got'): string {
  return differences.map((each) => `${each.what} ${each[side]}`).join('\n');
}

/** The time of a step that has none is `now`, as the tests run. */
export function clockAt(at: bigint | undefined, now: bigint): Clock {
  return at === undefined ? { now, by: 'request' } : { now: at, by: 'host' };
}

/** Each step that failed, with its expectation and the differences. */
export function failuresOf(
  { listed, result: { failures, test } }: RanTest,
  positions: Positions,
): readonly (StepFailure & { readonly span: Span; readonly message: string })[] {
  return failures.map((failure) => ({
    ...failure,
    span: expectationOf(listed, test.steps[failure.step - 1]?.span.start, positions),
    message: failure.differences
      .map(({ what, expected, got }) => `${what}: expected ${expected}, found ${got}`)
      .join('\n'),
  }));
}

/** The expectation of the step that starts at an offset. */
function expectationOf(
  { node, span, isRow }: ListedTest,
  start: number | undefined,
  positions: Positions,
): Span {
  const steps = expectationsOf(node);
  const step = isRow
    ? steps.find((each) => each.span.start === span.start)
    : steps.find((each) => each.span.start === start);
  return step === undefined ? span : expectationSpan(step, positions.textOf(span.file));
}

function explained(
  explanation: ReturnType<typeof whyFailed>,
  policy: Policy,
): Pick<TestFailure, 'explanation'> {
  if (explanation === undefined) return {};
  const text = renderExplanation(explanation, namedSources(policy), { silent: true }).trimEnd();
  return text === '' ? {} : { explanation: text };
}

export function coverageOf({ rules, coverage }: TestRun, positions: Positions): FileCoverage[] {
  const files = new Map<string, { rules: RuleCoverage[]; conditions: ConditionCoverage[] }>();
  const inFile = (path: string) => {
    const file = files.get(path) ?? { rules: [], conditions: [] };
    files.set(path, file);
    return file;
  };
  for (const { of, holds, not, unknown, firedBy } of rules) {
    inFile(of.span.file).rules.push({
      name: of.id,
      range: positions.rangeOf(of.span),
      counts: { holds, not, unknown },
      firedBy: firedBy.map(({ name }) => name),
    });
  }
  for (const { path, points } of coverage.files) {
    if (isVocabulary(path)) continue;
    for (const point of points) {
      if (point.kind === 'condition') {
        inFile(path).conditions.push(conditionOf(point, path, positions));
      }
    }
  }
  return [...files].map(([path, covered]) => ({ uri: positions.uriOf(path), ...covered }));
}

function conditionOf(
  { start, end, outcomes }: Point,
  file: string,
  positions: Positions,
): ConditionCoverage {
  const times = (name: OutcomeName) => outcomes.find(({ outcome }) => outcome === name)?.times;
  const counts = { holds: times('true'), not: times('false'), unknown: times('unknown') };
  const names = Object.keys(counts) as (keyof OutcomeCounts)[];
  return {
    range: positions.rangeOf({ file, start, end }),
    counts: {
      holds: counts.holds ?? 0,
      not: counts.not ?? 0,
      unknown: counts.unknown ?? 0,
    },
    missing: names.filter((name) => counts[name] === 0),
  };
}

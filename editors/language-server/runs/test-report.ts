// The results of tests and their coverage, as `nhipol/runTests` returns them.

import { isVocabulary, type RequestClock, renderExplanation } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import { explainStepFailure, explainTest, type StepFailure } from '@nhipol/testing';
import type { OutcomeName, Point } from '@nhipol/testing/coverage';
import { findExpectationSpan, type ListedTest, listExpectations } from '../index/tests.ts';
import type { DocumentPositions } from '../positions.ts';
import type {
  ConditionCoverage,
  FileCoverage,
  OutcomeCounts,
  RuleCoverage,
  TestFailure,
  TestOutcome,
} from '../protocol.ts';
import { nameSources } from './named-sources.ts';
import type { PolicyTestRun, RanTest } from './test-run.ts';

export function testOutcome(
  { listed, result }: RanTest,
  policy: PolicyModel,
  positions: DocumentPositions,
  now: bigint,
): TestOutcome {
  const { passed, milliseconds, test } = result;
  const explanations = passed
    ? []
    : explainTest(policy, test, (instant) => chooseStepClock(instant, now));
  return {
    name: listed.name,
    uri: positions.toUri(listed.span.file),
    outcome: passed ? 'passed' : 'failed',
    failures: listFailures({ listed, result }, positions).map((failure) => ({
      message: failure.message,
      uri: positions.toUri(failure.span.file),
      range: positions.toRange(failure.span),
      step: failure.step,
      expected: joinLines(failure, 'expected'),
      actual: joinLines(failure, 'got'),
      ...explainFailure(explainStepFailure(failure, explanations), policy),
    })),
    milliseconds,
  };
}

function joinLines({ differences }: StepFailure, side: 'expected' | 'got'): string {
  return differences.map((difference) => `${difference.what} ${difference[side]}`).join('\n');
}

/** The time of a step that has none is `now`, as the tests run. */
export function chooseStepClock(instant: bigint | undefined, now: bigint): RequestClock {
  return instant === undefined
    ? { now, precedence: 'request' }
    : { now: instant, precedence: 'host' };
}

/** Each step that failed, with its expectation and the differences. */
export function listFailures(
  { listed, result: { failures, test } }: RanTest,
  positions: DocumentPositions,
): readonly (StepFailure & { readonly span: Span; readonly message: string })[] {
  return failures.map((failure) => ({
    ...failure,
    span: findExpectation(listed, test.steps[failure.step - 1]?.span.start, positions),
    message: failure.differences
      .map(({ what, expected, got }) => `${what}: expected ${expected}, found ${got}`)
      .join('\n'),
  }));
}

/** The expectation of the step that starts at an offset. */
function findExpectation(
  { node, span, isRow }: ListedTest,
  start: number | undefined,
  positions: DocumentPositions,
): Span {
  const steps = listExpectations(node);
  const step = isRow
    ? steps.find((each) => each.span.start === span.start)
    : steps.find((each) => each.span.start === start);
  return step === undefined ? span : findExpectationSpan(step, positions.getText(span.file));
}

function explainFailure(
  explanation: ReturnType<typeof explainStepFailure>,
  policy: PolicyModel,
): Pick<TestFailure, 'explanation'> {
  if (explanation === undefined) return {};
  const text = renderExplanation(explanation, nameSources(policy), { silent: true }).trimEnd();
  return text === '' ? {} : { explanation: text };
}

export function listFileCoverage(
  { rules, coverage }: PolicyTestRun,
  positions: DocumentPositions,
): FileCoverage[] {
  const files = new Map<string, { rules: RuleCoverage[]; conditions: ConditionCoverage[] }>();
  const inFile = (path: string) => {
    const file = files.get(path) ?? { rules: [], conditions: [] };
    files.set(path, file);
    return file;
  };
  for (const { of, holds, not, unknown, firedBy } of rules) {
    inFile(of.span.file).rules.push({
      name: of.id,
      range: positions.toRange(of.span),
      counts: { holds, not, unknown },
      firedBy: firedBy.map(({ name }) => name),
    });
  }
  for (const { path, points } of coverage.files) {
    if (isVocabulary(path)) continue;
    for (const point of points) {
      if (point.kind === 'condition') {
        inFile(path).conditions.push(toConditionCoverage(point, path, positions));
      }
    }
  }
  return [...files].map(([path, covered]) => ({ uri: positions.toUri(path), ...covered }));
}

function toConditionCoverage(
  { start, end, outcomes }: Point,
  file: string,
  positions: DocumentPositions,
): ConditionCoverage {
  const times = (name: OutcomeName) => outcomes.find(({ outcome }) => outcome === name)?.times;
  const counts = { holds: times('true'), not: times('false'), unknown: times('unknown') };
  const names = Object.keys(counts) as (keyof OutcomeCounts)[];
  return {
    range: positions.toRange({ file, start, end }),
    counts: {
      holds: counts.holds ?? 0,
      not: counts.not ?? 0,
      unknown: counts.unknown ?? 0,
    },
    missing: names.filter((name) => counts[name] === 0),
  };
}

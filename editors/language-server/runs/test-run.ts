// Runs the tests of a policy with the evaluator, and records their coverage: for each rule the values of its condition
// and the tests in which it fired.

import type { Trace } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { createEvaluatorTestEngine, runTests, type TestResult } from '@nhipol/testing';
import {
  CoverageRecorder,
  type RuleOutcome,
  RuleOutcomes,
  type TestCoverage,
} from '@nhipol/testing/coverage';
import type { PolicyAnalysis } from '../analysis.ts';
import { type ListedTest, listTests } from '../index/tests.ts';

export interface PolicyTestRun {
  readonly results: readonly RanTest[];
  readonly rules: readonly CoveredRule[];
  readonly coverage: TestCoverage;
}

export interface RanTest {
  readonly listed: ListedTest;
  readonly result: TestResult;
}

interface CoveredRule extends RuleOutcome {
  /** The tests in which it fired. */
  readonly firedBy: readonly ListedTest[];
}

/** Yields the share that is done after each test. `now`: the time of requests without one. */
export function* testSteps(
  analysis: PolicyAnalysis,
  policy: PolicyModel,
  isChosen: (test: ListedTest) => boolean,
  now: bigint,
): Generator<number, PolicyTestRun> {
  const listed = new Map(listTests(analysis).map((test) => [makeSpanKey(test.nameSpan), test]));
  const chosen = policy.tests.flatMap((test) => {
    const listedTest = listed.get(makeSpanKey(test.span));
    return listedTest !== undefined && isChosen(listedTest) ? [{ test, listed: listedTest }] : [];
  });
  const conditions = new CoverageRecorder(policy);
  const outcomes = new RuleOutcomes(policy);
  const firedBy = new Map<RuleOutcome['of'], ListedTest[]>();
  const onlooker = () => combineTraces(conditions.decision(), outcomes.decision());
  const engine = createEvaluatorTestEngine(policy, { otherwise: now, onlooker });
  const results: RanTest[] = [];
  for (const { test, listed: own } of chosen) {
    const [result] = runTests({ ...policy, tests: [test] }, engine);
    if (result !== undefined) results.push({ listed: own, result });
    for (const of of outcomes.takeFired()) {
      const tests = firedBy.get(of) ?? [];
      tests.push(own);
      firedBy.set(of, tests);
    }
    yield results.length / chosen.length;
  }
  const rules = outcomes.all.map((ruleOutcome) => ({
    ...ruleOutcome,
    firedBy: firedBy.get(ruleOutcome.of) ?? [],
  }));
  return { results, rules, coverage: conditions.coverage };
}

function makeSpanKey({ file, start, end }: ListedTest['nameSpan']): string {
  return `${file} ${start} ${end}`;
}

function combineTraces(one: Trace, other: Trace): Trace {
  return {
    expression: (expr, outcome) => {
      one.expression(expr, outcome);
      other.expression(expr, outcome);
    },
    judged: (contributions, error) => {
      one.judged?.(contributions, error);
      other.judged?.(contributions, error);
    },
  };
}

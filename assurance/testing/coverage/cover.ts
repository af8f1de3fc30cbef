// Runs a policy's tests with the evaluator and reports their coverage.

import type { PolicyModel, PolicyTest } from '@nhipol/language/model';
import { createEvaluatorTestEngine, type EvaluatorOptions } from '../runner/engines.ts';
import { runTests } from '../runner/run-tests.ts';
import type { TestCoverage } from './coverage.ts';
import { CoverageRecorder } from './recorder.ts';

export interface CoverOptions extends Pick<EvaluatorOptions, 'otherwise'> {
  /** The tests to count; default: all of the policy's. */
  readonly tests?: readonly PolicyTest[];
}

/** Counts decisions only: a step that expects a possibility takes none. */
export function coverByTests(
  policy: PolicyModel,
  { tests = policy.tests, otherwise }: CoverOptions = {},
): TestCoverage {
  const recorder = new CoverageRecorder(policy);
  const onlooker = () => recorder.decision();
  runTests({ ...policy, tests }, createEvaluatorTestEngine(policy, { otherwise, onlooker }));
  return recorder.coverage;
}

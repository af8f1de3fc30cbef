// Runs the tests of a policy with the evaluator, for reports.

import type { PolicyModel } from '@nhipol/language/model';
import type { TestedPolicy } from '@nhipol/reporting';
import { createEvaluatorTestEngine, runTests } from '@nhipol/testing';

export function testPolicy(policy: PolicyModel): TestedPolicy {
  return { policy, tests: runTests(policy, createEvaluatorTestEngine(policy)) };
}

// Runs the tests of a policy with the evaluator, for reports.

import type { Policy } from '../../language/index.ts';
import type { TestedPolicy } from '../../reporting/index.ts';
import { evaluatorTestEngine } from '../../testing/runner/engines.ts';
import { runTests } from '../../testing/runner/run-tests.ts';

export function testedPolicy(policy: Policy): TestedPolicy {
  return { policy, tests: runTests(policy, evaluatorTestEngine(policy)) };
}

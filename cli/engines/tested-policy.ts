// Runs the tests of a policy with the evaluator, for reports.

import type { TestedPolicy } from '../../assurance/reporting/index.ts';
import { evaluatorTestEngine } from '../../assurance/testing/runner/engines.ts';
import { runTests } from '../../assurance/testing/runner/run-tests.ts';
import type { Policy } from '../../language/index.ts';

export function testedPolicy(policy: Policy): TestedPolicy {
  return { policy, tests: runTests(policy, evaluatorTestEngine(policy)) };
}

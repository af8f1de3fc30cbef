// Runs the tests of a policy with the evaluator, for reports.

import type { Policy } from '@nhipol/language/model';
import type { TestedPolicy } from '@nhipol/reporting';
import { evaluatorTestEngine, runTests } from '@nhipol/testing';

export function testPolicy(policy: Policy): TestedPolicy {
  return { policy, tests: runTests(policy, evaluatorTestEngine(policy)) };
}

// Runs the tests of a policy with the evaluator, for reports.

import type { Policy } from '../../language/index.ts';
import type { TestedPolicy } from '../../reporting/index.ts';
import { runTests } from '../../testing/runner/run-tests.ts';
import { evaluatorSessions } from '../../testing/runner/sessions.ts';
import { deciding, evaluatorEngine } from './engines.ts';

export function testedPolicy(policy: Policy): TestedPolicy {
  const decide = deciding(evaluatorEngine(policy));
  return { policy, tests: runTests(policy, decide, evaluatorSessions(policy)) };
}

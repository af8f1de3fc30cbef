// Runs a policy's tests by the evaluator and tells what they cover.

import { evaluate, type Policy } from '../../language/index.ts';
import { runTests } from '../run-tests.ts';
import { evaluatorSessions } from '../sessions.ts';
import { filled } from '../tables.ts';
import { CoverageRecorder } from './recorder.ts';
import type { TestCoverage } from './test-coverage.ts';

/** `tests`: those that count; all of the policy's unless told. */
export function coverByTests(policy: Policy, tests = policy.tests): TestCoverage {
  const recorder = new CoverageRecorder(policy);
  const onlooker = () => recorder.decision();
  runTests(
    { ...policy, tests },
    (request, now, tables) => {
      const clock = { now, by: now === undefined ? ('request' as const) : ('host' as const) };
      return evaluate(filled(policy, tables), request, clock, onlooker());
    },
    evaluatorSessions(policy, onlooker),
  );
  return recorder.coverage;
}

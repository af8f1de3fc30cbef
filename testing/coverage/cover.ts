// Runs a policy's tests with the evaluator and reports their coverage.

import { type Clock, evaluate, type Policy, type PolicyTest } from '../../language/index.ts';
import { filled } from '../generate/tables.ts';
import { runTests } from '../runner/run-tests.ts';
import { evaluatorSessions } from '../runner/sessions.ts';
import type { TestCoverage } from './coverage.ts';
import { CoverageRecorder } from './recorder.ts';

export interface CoverOptions {
  /** The tests to count; default: all of the policy's. */
  readonly tests?: readonly PolicyTest[];
  /** The instant of a step that has none, neither its own nor its request's. */
  readonly otherwise?: bigint | undefined;
}

export function coverByTests(
  policy: Policy,
  { tests = policy.tests, otherwise }: CoverOptions = {},
): TestCoverage {
  const recorder = new CoverageRecorder(policy);
  const onlooker = () => recorder.decision();
  runTests(
    { ...policy, tests },
    (request, now, tables) => {
      const clock: Clock =
        now === undefined ? { now: otherwise, by: 'request' } : { now, by: 'host' };
      return evaluate(filled(policy, tables), request, clock, onlooker());
    },
    evaluatorSessions(policy, onlooker),
  );
  return recorder.coverage;
}

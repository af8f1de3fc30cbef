// A policy whose tests the evaluator has run, for reports on it.

import type { Policy } from '../language/index.ts';
import type { TestedPolicy } from '../reporting/index.ts';
import { runTests } from '../testing/run-tests.ts';
import { evaluatorEngine } from './engines.ts';

export function testedPolicy(policy: Policy): TestedPolicy {
  const engine = evaluatorEngine(policy);
  const tests = runTests(policy, (request, now, tables) =>
    engine(request, { now, by: now === undefined ? 'request' : 'host' }, tables),
  );
  return { policy, tests };
}

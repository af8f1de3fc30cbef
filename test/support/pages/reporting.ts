// Reports in tests: a policy of the repository, checked, with its tests run by the evaluator.

import { checkPolicyFiles } from '@nhipol/cli';
import type { TestedPolicy } from '@nhipol/reporting';
import { testPolicy } from '../../../cli/engines/tested-policy.ts';
import { checkPolicy } from '../checking.ts';

const known = new Map<string, Promise<TestedPolicy>>();

/** `path`: relative to the root of the repository. The result is cached. */
export function testFile(path: string): Promise<TestedPolicy> {
  const tested = known.get(path) ?? runFile(path);
  known.set(path, tested);
  return tested;
}

async function runFile(path: string): Promise<TestedPolicy> {
  const { policy, diagnostics } = await checkPolicyFiles(path);
  if (policy === undefined) throw new Error(JSON.stringify(diagnostics[0]?.message));
  return testPolicy(policy);
}

export function testText(text: string): TestedPolicy {
  return testPolicy(checkPolicy(text));
}

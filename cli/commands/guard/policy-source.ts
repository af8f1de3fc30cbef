// Compiles the policy of a guard: with sessions, and with possibilities.

import type { Policy } from '@nhipol/language/model';
import { compilePolicy } from '../../engines/engines.ts';
import { checkPolicyFiles } from '../../io/check-policy.ts';
import type { Console } from '../../io/console.ts';
import { policyOrReport } from '../../output/policy-or-report.ts';

export interface GuardModule {
  readonly module: Uint8Array;
  /** The constraints that limit a member of the request: the module compares them. Unknown for a compiled policy. */
  readonly limits: readonly string[];
}

/** The policy of a file with the files that it consists of. `policy`: undefined if it has errors, which were reported. */
export async function compileFile(
  path: string,
  console: Console,
): Promise<{ readonly policy: GuardModule | undefined; readonly files: readonly string[] }> {
  const checked = await checkPolicyFiles(path);
  return { policy: await compileChecked(checked, console), files: checked.files };
}

type Checked = Parameters<typeof policyOrReport>[0];

async function compileChecked(
  checked: Checked,
  console: Console,
): Promise<GuardModule | undefined> {
  const policy = policyOrReport(checked, console);
  return policy === undefined ? undefined : compileForGuard(policy);
}

export async function compileForGuard(policy: Policy): Promise<GuardModule> {
  const { wasm } = await compilePolicy(policy, { sessions: true, possible: true });
  const limits = policy.constraints.filter((each) => each.limits !== undefined);
  return { module: wasm, limits: limits.map(({ name }) => name) };
}

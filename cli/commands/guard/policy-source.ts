// Compiles the policy of a guard: with sessions, and with possibilities.

import type { Policy } from '@nhipol/language/model';
import { compilePolicy } from '../../engines/engines.ts';
import { checkFiles } from '../../io/check-policy.ts';
import type { Console } from '../../io/console.ts';
import { policyOrReport } from '../../output/policy-or-report.ts';

export interface GuardPolicy {
  readonly module: Uint8Array;
  /** The constraints that limit a member of the request: the module compares them. Unknown for a compiled policy. */
  readonly limits: readonly string[];
}

/** The policy of a file with the files that it consists of. `policy`: undefined if it has errors, which were reported. */
export async function compileFile(
  path: string,
  console: Console,
): Promise<{ readonly policy: GuardPolicy | undefined; readonly files: readonly string[] }> {
  const checked = await checkFiles(path);
  return { policy: await compiled(checked, console), files: checked.files };
}

type Checked = Parameters<typeof policyOrReport>[0];

async function compiled(checked: Checked, console: Console): Promise<GuardPolicy | undefined> {
  const policy = policyOrReport(checked, console);
  return policy === undefined ? undefined : compileForGuard(policy);
}

export async function compileForGuard(policy: Policy): Promise<GuardPolicy> {
  const { wasm } = await compilePolicy(policy, { sessions: true, possible: true });
  const limits = policy.constraints.filter((each) => each.limits !== undefined);
  return { module: wasm, limits: limits.map(({ name }) => name) };
}

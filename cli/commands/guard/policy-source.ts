// A policy for sessions: compiled with them and with possibilities if it is a source, and again after each change of its
// files. While a changed policy is broken, the previous one stays.

import type { Policy } from '@nhipol/language/model';
import { compilePolicy } from '../../engines/engines.ts';
import { checkFiles, readPolicyOrModule } from '../../io/check-policy.ts';
import type { Console } from '../../io/console.ts';
import { watchFiles } from '../../io/file-watcher.ts';
import { policyOrReport } from '../../output/policy-or-report.ts';

export interface GuardPolicy {
  readonly module: Uint8Array;
  /** The constraints that limit a member of the request: the module compares them. Unknown for a compiled policy. */
  readonly limits: readonly string[];
}

export interface PolicySource extends GuardPolicy {
  /** Calls with each further version. `activate` throws if it cannot be used. */
  readonly watch: (
    activate: (policy: GuardPolicy) => void,
    warn: (warning: string) => void,
  ) => void;
  readonly close: () => Promise<void>;
}

/** undefined: the policy has errors, which were reported. */
export async function openPolicySource(
  path: string,
  console: Console,
): Promise<PolicySource | undefined> {
  const file = await readPolicyOrModule(path);
  if (file.kind === 'module') {
    return { module: file.bytes, limits: [], watch: () => {}, close: async () => {} };
  }
  const first = await compiled(file.checked, console);
  if (first === undefined) return undefined;
  const watcher = watchFiles({ endsBySignal: false });
  const follow = async (
    activate: (policy: GuardPolicy) => void,
    warn: (warning: string) => void,
  ) => {
    while (await watcher.change()) {
      try {
        const checked = await checkFiles(path);
        const next = await compiled(checked, console);
        if (next === undefined) {
          warn(`${path} has errors: the previous policy stays`);
          continue;
        }
        activate(next);
        warn(`${path} changed: the new policy is active`);
        await watcher.follow(checked.files);
      } catch (error) {
        warn(`${path} cannot be used: ${(error as Error).message}; the previous policy stays`);
      }
    }
  };
  // Watching starts before the guard does, so that no change is missed, and ends only after it has started.
  await watcher.follow(file.checked.files);
  return {
    ...first,
    watch: (activate, warn) => {
      void follow(activate, warn);
    },
    close: () => watcher.close(),
  };
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

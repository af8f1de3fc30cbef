// Checks and compiles the policy of a guard or a service, and stores the module in the cache. It loads the language and
// the compiler: import it only for a policy that is not in the cache.

import type { CheckedFiles } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { findChecked, listLimits, storeCompiled } from '../../../cache/checked-policy.ts';
import type { ModuleCache } from '../../../cache/module-cache.ts';
import { compilePolicy } from '../../../engines/engines.ts';
import type { Console } from '../../../io/console.ts';
import { checkEntryText } from '../../../io/policies/check-policy.ts';
import type { SourceFile } from '../../../io/policies/policy-file.ts';
import { selectPolicyOrReport } from '../../../output/policy-or-report.ts';
import { type GuardModule, guardParts } from './guard-module.ts';

export interface CheckedSource {
  readonly checked: CheckedFiles;
  /** `undefined` if it has errors. */
  readonly policy: PolicyModel | undefined;
}

/** Checks a policy with the files that it names, and reports what was found. */
export async function checkSource(
  { entry, text }: SourceFile,
  console: Console,
): Promise<CheckedSource> {
  const checked = await checkEntryText(entry, text);
  return { checked, policy: selectPolicyOrReport(checked, console) };
}

/** Compiles a checked policy, or takes its module from the cache. */
export async function compileChecked(
  checked: CheckedFiles,
  policy: PolicyModel,
  cache: ModuleCache | undefined,
): Promise<GuardModule> {
  const cached = await findChecked(cache, guardParts, checked);
  if (cached !== undefined) return cached;
  const compiled = await compileForGuard(policy);
  await storeCompiled(cache, guardParts, checked, policy, compiled.module);
  return compiled;
}

export async function compileForGuard(policy: PolicyModel): Promise<GuardModule> {
  const { wasm } = await compilePolicy(policy, guardParts);
  return { module: wasm, limits: listLimits(policy) };
}

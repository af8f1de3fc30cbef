// Checks a version of a policy again. It loads the language, which `policy-version.ts` does not.

import { check, hasErrors } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { isModuleVersion, type PolicyVersion } from './policy-version.ts';

/** Returns the checked policy, or `undefined` if it has errors, as for a later version of nhipol. */
export function checkPolicyVersion(given: PolicyVersion): PolicyModel | undefined {
  if (isModuleVersion(given)) return undefined;
  const { policy, diagnostics } = check(given.entry, new Map(Object.entries(given.files)));
  return hasErrors(diagnostics) ? undefined : policy;
}

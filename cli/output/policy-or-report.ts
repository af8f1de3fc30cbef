// Returns the policy if it has no errors, and reports its diagnostics.

import { type CheckedFiles, hasErrors, render } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Console } from '../io/console.ts';

/** Prints the diagnostics to standard error. Returns `undefined` if the policy has errors. */
export function selectPolicyOrReport(
  checked: CheckedFiles,
  console: Console,
): PolicyModel | undefined {
  const { diagnostics, sources, policy } = checked;
  console.err(render(diagnostics, sources, console.errColors));
  return hasErrors(diagnostics) ? undefined : policy;
}

// How a command tells the diagnostics that stand in its way, and takes the policy where none does.

import type { CheckedFiles } from '../../language/check-files.ts';
import { render } from '../../language/diagnostics/render.ts';
import { hasErrors, type Policy } from '../../language/index.ts';
import type { Console } from '../io/console.ts';

/** Writes to the error stream, since results have the other; undefined when there are errors. */
export function policyOrReport(checked: CheckedFiles, console: Console): Policy | undefined {
  const { diagnostics, sources, policy } = checked;
  console.err(render(diagnostics, sources, console.errColors));
  return hasErrors(diagnostics) ? undefined : policy;
}

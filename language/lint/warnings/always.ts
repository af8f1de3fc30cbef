// Warns of rules that fire for every request although they have a condition. A rule without a condition, and one whose
// condition depends on a constant of the policy, is written on purpose.

import type { LoadedFile } from '../../checker/load.ts';
import type { LintAnalysis } from '../analysis.ts';
import {
  explainConflict,
  findConflict,
  hasSwitch,
  isReported,
  type NeverHas,
  requireEveryPart,
} from '../reasoning/decided.ts';
import { onlyFalse } from '../reasoning/truth-set.ts';
import type { RuleInfo } from '../rules.ts';

/** Returns the rules that fire whenever the conditions around them are true; those in `reported` have another warning. */
export function warnAlwaysFires(
  analysis: LintAnalysis,
  has: NeverHas,
  reported: ReadonlySet<RuleInfo>,
  files: ReadonlyMap<string, LoadedFile>,
): ReadonlySet<RuleInfo> {
  const others = analysis.judged.filter((judged) => !reported.has(judged));
  return new Set(others.filter((judged) => warn(analysis, has, judged, files)));
}

/** Whether the rule always fires, or fires whenever its condition is known. */
function warn(
  analysis: LintAnalysis,
  has: NeverHas,
  { when, scope, silent, effect, span, what }: RuleInfo,
  files: ReadonlyMap<string, LoadedFile>,
): boolean {
  if (when === undefined || hasSwitch(when) || !has(scope, when, onlyFalse)) return false;
  const conflict = findConflict(analysis, when, onlyFalse);
  if (isReported(conflict)) return true;
  const related = explainConflict(when, conflict);
  const code = has(scope, when, silent) ? 'always-fires' : 'never-false';
  // In a restriction, the repair would loosen the policy.
  const fix = effect === 'permit' ? requireEveryPart(when, files) : undefined;
  analysis.reporter.report(code, span, { what }, { related, fix });
  return true;
}

// The entry point of the warnings: they report what is legal in a policy without errors, but
// probably not intended.

import type { VisibleNames } from '../checker/context.ts';
import type { LoadedFile } from '../checker/load.ts';
import type { Reporter } from '../diagnostics/diagnostics.ts';
import type { PolicyModel } from '../model/model.ts';
import { LintAnalysis } from './analysis.ts';
import { createNeverHas, createNeverHasByCases } from './reasoning/decided.ts';
import type { RuleInfo } from './rules.ts';
import { warnOfTraps } from './traps/traps.ts';
import { warnVacuousTruth } from './traps/vacuous-truth.ts';
import { warnOfWordLists } from './traps/word-lists.ts';
import { warnAlwaysFires } from './warnings/always.ts';
import { warnOfBands } from './warnings/bands.ts';
import { warnCompletedOnly } from './warnings/completed-only.ts';
import { warnOfDecidedConditions } from './warnings/decided-conditions.ts';
import { warnFailsOpen } from './warnings/fails-open.ts';
import { collectGivens } from './warnings/ignored-givens.ts';
import { warnNeverFires } from './warnings/never.ts';
import { warnNeverPermitted } from './warnings/never-permitted.ts';
import { warnShadowed } from './warnings/shadowed.ts';
import { warnUndeclared } from './warnings/undeclared.ts';
import { warnUnused } from './warnings/unused.ts';

export interface Warned {
  readonly policy: PolicyModel;
  readonly entry: string;
  readonly files: ReadonlyMap<string, LoadedFile>;
  /** Resolves the names of a file. */
  readonly namesIn: (path: string) => VisibleNames;
}

/** Reports all warnings about a policy without errors. */
export function warn({ policy, entry, files, namesIn }: Warned, reporter: Reporter): void {
  const analysis = new LintAnalysis(policy, reporter);
  const { dead, untrue } = warnNeverFires(analysis);
  warnOfBands(policy, analysis);
  warnNeverPermitted(policy, analysis, dead);
  const always = warnAlwaysFires(analysis, createNeverHas(analysis), untrue, files);
  warnShadowed(analysis, dead, always);
  warnFailsOpen(analysis, dead, collectGivens(files.values()));
  warnByCases(analysis, untrue, always, files);
  warnVacuousTruth(analysis, dead);
  warnUndeclared(policy, reporter);
  warnOfWordLists(analysis, files);
  warnCompletedOnly(policy, analysis, files);
  warnOfTraps(policy, analysis, files);
  warnUnused(files, entry, namesIn, reporter);
}

/** After the other warnings, because it uses the steps that they left. */
function warnByCases(
  analysis: LintAnalysis,
  untrue: ReadonlySet<RuleInfo>,
  always: ReadonlySet<RuleInfo>,
  files: ReadonlyMap<string, LoadedFile>,
): void {
  const has = createNeverHasByCases(analysis);
  const others = warnAlwaysFires(analysis, has, new Set([...untrue, ...always]), files);
  const reported = [
    ...[...untrue].map(({ condition }) => condition),
    ...[...always, ...others].flatMap(({ when }) => when ?? []),
  ];
  warnOfDecidedConditions(analysis, has, reported, files);
}

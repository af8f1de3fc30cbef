// The entry point of the warnings: they report what is legal in a policy without errors, but
// probably not intended.

import type { Names } from '../checker/context.ts';
import type { LoadedFile } from '../checker/load.ts';
import type { Reporter } from '../diagnostics/diagnostics.ts';
import type { Policy } from '../model/model.ts';
import { warnAlwaysFires } from './always.ts';
import { Analysis } from './analysis.ts';
import { warnOfBands } from './bands.ts';
import { warnCompletedOnly } from './completed-only.ts';
import { neverHas, neverHasByCases } from './decided.ts';
import { warnOfDecidedConditions } from './decided-conditions.ts';
import { warnFailsOpen } from './fails-open.ts';
import { givensIn } from './ignored-givens.ts';
import { warnNeverFires } from './never.ts';
import { warnNeverPermitted } from './never-permitted.ts';
import type { RuleInfo } from './rules.ts';
import { warnShadowed } from './shadowed.ts';
import { warnOfTraps } from './traps.ts';
import { warnUndeclared } from './undeclared.ts';
import { warnUnused } from './unused.ts';
import { warnVacuousTruth } from './vacuous-truth.ts';
import { warnOfWordLists } from './word-lists.ts';

export interface Warned {
  readonly policy: Policy;
  readonly entry: string;
  readonly files: ReadonlyMap<string, LoadedFile>;
  /** Resolves the names of a file. */
  readonly namesIn: (path: string) => Names;
}

/** Reports all warnings about a policy without errors. */
export function warn({ policy, entry, files, namesIn }: Warned, reporter: Reporter): void {
  const analysis = new Analysis(policy, reporter);
  const { dead, untrue } = warnNeverFires(analysis);
  warnOfBands(policy, analysis);
  warnNeverPermitted(policy, analysis, dead);
  const always = warnAlwaysFires(analysis, neverHas(analysis), untrue, files);
  warnShadowed(analysis, dead, always);
  warnFailsOpen(analysis, dead, givensIn(files.values()));
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
  analysis: Analysis,
  untrue: ReadonlySet<RuleInfo>,
  always: ReadonlySet<RuleInfo>,
  files: ReadonlyMap<string, LoadedFile>,
): void {
  const has = neverHasByCases(analysis);
  const others = warnAlwaysFires(analysis, has, new Set([...untrue, ...always]), files);
  const reported = [
    ...[...untrue].map(({ condition }) => condition),
    ...[...always, ...others].flatMap(({ when }) => when ?? []),
  ];
  warnOfDecidedConditions(analysis, has, reported, files);
}

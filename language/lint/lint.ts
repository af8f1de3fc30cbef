// The entry point of the warnings: they report what is legal in a policy without errors, but
// probably not intended.

import type { Names } from '../checker/context.ts';
import type { LoadedFile } from '../checker/load.ts';
import type { Reporter } from '../diagnostics/diagnostics.ts';
import type { Policy } from '../model/model.ts';
import { Analysis } from './analysis.ts';
import { warnCompletedOnly } from './completed-only.ts';
import { warnFailsOpen } from './fails-open.ts';
import { givensIn } from './ignored-givens.ts';
import { warnNeverFires, warnOfBands } from './never.ts';
import { warnNeverPermitted } from './never-permitted.ts';
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
  const dead = warnNeverFires(analysis);
  warnOfBands(policy, analysis);
  warnNeverPermitted(policy, analysis, dead);
  warnShadowed(analysis, dead);
  warnFailsOpen(analysis, dead, givensIn(files.values()));
  warnVacuousTruth(analysis, dead);
  warnUndeclared(policy, reporter);
  warnOfWordLists(analysis, files);
  warnCompletedOnly(policy, analysis, files);
  warnOfTraps(policy, analysis, files);
  warnUnused(files, entry, namesIn, reporter);
}

// The entry point of the checker: takes sources, and returns the checked model with names resolved
// and every expression typed, and all diagnostics. It opens no files, but names those that it still
// needs.
//
// The stages: load → check → lint → silence.

import { checkProgram } from './checker/check-program.ts';
import type { DeclarationNode } from './checker/context.ts';
import { type Loaded, type LoadedFile, type Loading, loadFiles } from './checker/load.ts';
import {
  type Diagnostic,
  hasErrors,
  Reporter,
  sortDiagnostics,
} from './diagnostics/diagnostics.ts';
import { warn } from './lint/lint.ts';
import { silence } from './lint/suppress.ts';
import type { PolicyModel } from './model/model.ts';
import { skipMeasure } from './support/measure.ts';
import type { SourceMap } from './support/source.ts';

/** The result of a check. */
export interface Checked {
  /** The model, or `undefined` if there are errors. */
  readonly policy: PolicyModel | undefined;
  readonly diagnostics: readonly Diagnostic[];
  /** Advice, which does not belong to the diagnostics; empty if there are errors. */
  readonly advice: readonly Diagnostic[];
  /** Files that the policy names and that are not in `sources`: read them and check again. */
  readonly wanted: readonly string[];
}

/** A check with what editors read besides its result. */
export interface Analysis extends Checked {
  /** The files by path, the entry first, also those with errors. */
  readonly files: ReadonlyMap<string, LoadedFile>;
  /** The declarations that a file can use, by name. */
  readonly namesIn: (path: string) => ReadonlyMap<string, DeclarationNode>;
  /** The result with warnings, if the analysis has none: `loading.withoutWarnings`. */
  readonly complete: () => Checked;
}

/** Checks the policy with the entry file `entry`; `sources` maps paths to sources. */
export function check(entry: string, sources: SourceMap, loading?: Loading): Checked {
  const { policy, diagnostics, advice, wanted } = analyze(entry, sources, loading);
  return { policy, diagnostics, advice, wanted };
}

/** As `check`. `loading.notes` gets the types of expressions. */
export function analyze(
  entry: string,
  sources: SourceMap,
  loading: Loading = { parsed: new Map(), measure: skipMeasure },
): Analysis {
  const { measure, notes } = loading;
  const reporter = new Reporter();
  const loaded = loadFiles(entry, sources, reporter, loading);
  const { wanted, files } = loaded;
  const { policy, namesIn } = measure('check', () =>
    checkProgram({ entry, loaded, sources, reporter, unreadable: loading.unreadable, notes }),
  );
  const errors = reporter.diagnostics;
  const around = { files, namesIn };
  const found: Checked = hasErrors(errors)
    ? { policy: undefined, diagnostics: errors, advice: [], wanted }
    : { policy, diagnostics: errors, advice: [], wanted };
  const complete = (): Checked => {
    if (found.policy === undefined) return found;
    return measure('warn', () => {
      warn({ policy: found.policy as PolicyModel, entry, files, namesIn }, reporter);
      const all = removeSilenced(loaded, reporter.diagnostics);
      const diagnostics = all.filter(({ severity }) => severity !== 'advice');
      if (hasErrors(diagnostics)) return { policy: undefined, diagnostics, advice: [], wanted };
      const advice = all.filter(({ severity }) => severity === 'advice');
      return { policy, diagnostics, advice, wanted };
    });
  };
  return { ...(loading.withoutWarnings ? found : complete()), ...around, complete };
}

/** Removes the silenced warnings, and adds what is wrong with the comments that silence them. */
function removeSilenced(
  { files }: Loaded,
  diagnostics: readonly Diagnostic[],
): readonly Diagnostic[] {
  const localReporter = new Reporter();
  const remaining = silence(diagnostics, files.values(), localReporter);
  return sortDiagnostics([...remaining, ...localReporter.diagnostics]);
}

// Applies the fixes of diagnostics repeatedly, because a fix can reveal further diagnostics and overlapping fixes
// are not applied together. Changes sources in memory, not files.

import { applyFixes, type Diagnostic, type Fix, isVocabulary } from '@nhipol/language';

interface Found {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

export interface FixResult<Result> {
  /** The result of the last check. */
  readonly found: Result;
  /** The changed sources by path. */
  readonly changed: ReadonlyMap<string, string>;
  readonly applied: number;
}

/** The limit ends fixes that would cause their own diagnostics again. */
const maxRounds = 100;

export async function fixAll<Result extends Found>(
  find: (changed: ReadonlyMap<string, string>) => Promise<Result>,
): Promise<FixResult<Result>> {
  const changed = new Map<string, string>();
  let applied = 0;
  let found = await find(changed);
  for (let round = 0; round < maxRounds; round += 1) {
    const { sources } = found;
    const findText = (file: string) => (isVocabulary(file) ? undefined : sources.get(file));
    const step = applyFixes(collectFixes(found.diagnostics), findText);
    if (step.applied === 0) break;
    for (const [path, text] of step.texts) changed.set(path, text);
    applied += step.applied;
    found = await find(changed);
  }
  return { found, changed, applied };
}

function collectFixes(diagnostics: readonly Diagnostic[]): readonly Fix[] {
  return diagnostics.flatMap(({ fix }) => (fix === undefined ? [] : [fix]));
}

// Applies the fixes of diagnostics again and again, since one repair can bring another to light, and
// since those that meet are not applied together. Touches texts that were read, and no files.

import { applyFixes, type Diagnostic, type Fix, isVocabulary } from '../../../language/index.ts';

interface Found {
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: ReadonlyMap<string, string>;
}

export interface Mended {
  /** As it was found at last. */
  readonly found: Found;
  /** The texts that differ from what was read, by path. */
  readonly changed: ReadonlyMap<string, string>;
  readonly applied: number;
}

/** A repair that brought its own mistake about again would never end. */
const roundLimit = 100;

export async function mend(
  find: (changed: ReadonlyMap<string, string>) => Promise<Found>,
): Promise<Mended> {
  const changed = new Map<string, string>();
  let applied = 0;
  let found = await find(changed);
  for (let round = 0; round < roundLimit; round += 1) {
    const { sources } = found;
    const textOf = (file: string) => (isVocabulary(file) ? undefined : sources.get(file));
    const step = applyFixes(fixesOf(found.diagnostics), textOf);
    if (step.applied === 0) break;
    for (const [path, text] of step.texts) changed.set(path, text);
    applied += step.applied;
    found = await find(changed);
  }
  return { found, changed, applied };
}

function fixesOf(diagnostics: readonly Diagnostic[]): readonly Fix[] {
  return diagnostics.flatMap(({ fix }) => (fix === undefined ? [] : [fix]));
}

// The version with which a service starts. Where versions can be held back, it is the one that was in use last: the current
// one is then compared with it, as after a change while the service runs.

import { load } from '@nhipol/runtime';
import type { KeptVersion } from './kept-policy.ts';
import type { ModuleSource } from './policy-source.ts';

export async function selectFirstVersion(
  source: Pick<ModuleSource, 'kept'>,
  current: KeptVersion,
  warn: (warning: string) => void,
): Promise<KeptVersion> {
  const kept = await source.kept();
  if (kept === undefined || isSameVersion(kept, current)) return current;
  try {
    load(kept.module);
    return kept;
  } catch (error) {
    // Such as a module for another release of nhipol.
    warn(
      `WARNING: the version that was in use last cannot be loaded: ${(error as Error).message}; the current one is used without a comparison`,
    );
    return current;
  }
}

/** A change of the files alone needs no comparison. */
function isSameVersion(a: KeptVersion, b: KeptVersion): boolean {
  const isSameTable = ([name, text]: [string, string]) => b.tables.get(name) === text;
  return (
    Buffer.from(a.module).equals(b.module) &&
    a.tables.size === b.tables.size &&
    [...a.tables].every(isSameTable)
  );
}

// The cache for commands that have checked the policy: finds the module of its sources, and stores the one that was compiled
// from them. It loads the language.

import { type CheckedFiles, render } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import { buildColors } from '../io/console.ts';
import type { PrintedText } from './entry.ts';
import type { CachedParts } from './key.ts';
import type { CachedPolicy, ModuleCache } from './module-cache.ts';

/** Returns the module that was compiled from these sources, or `undefined` if the cache has none. */
export async function findChecked(
  cache: ModuleCache | undefined,
  parts: CachedParts,
  { entry, sources }: CheckedFiles,
): Promise<CachedPolicy | undefined> {
  const text = sources.get(entry) ?? '';
  return cache?.find(parts, { entry, text }, async (path) => sources.get(path));
}

/** Stores a module with what a guard or a service needs of its policy. */
export async function storeCompiled(
  cache: ModuleCache | undefined,
  parts: CachedParts,
  checked: CheckedFiles,
  policy: PolicyModel,
  module: Uint8Array,
): Promise<void> {
  const limits = listLimits(policy);
  await cache?.store(parts, checked, { module, limits, warnings: printWarnings(checked) });
}

/** Returns the names of the constraints that limit a member of the request. */
export function listLimits({ constraints }: PolicyModel): readonly string[] {
  return constraints.filter(({ limits }) => limits !== undefined).map(({ name }) => name);
}

function printWarnings({ diagnostics, sources }: CheckedFiles): PrintedText {
  const print = (colored: boolean) => render(diagnostics, sources, buildColors(colored));
  return { plain: print(false), colored: print(true) };
}

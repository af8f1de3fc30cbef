// The module that runs the tests of a policy: from the cache, or compiled while the evaluator runs.

import type { CheckedFiles } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Policy as Module } from '@nhipol/runtime';
import { findChecked, storeCompiled } from '../cache/checked-policy.ts';
import type { ModuleCache } from '../cache/module-cache.ts';
import { loadModule, type ModuleParts, startCompiling } from '../engines/engines.ts';
import type { SourceFile } from '../io/policies/policy-file.ts';

const both = [false, true];

/** Whether the cache may have the module of a policy, which is not checked yet: its tests decide on the other parts. */
export async function mayBeCached(
  cache: ModuleCache | undefined,
  file: SourceFile,
  { quick }: Pick<ModuleParts, 'quick'>,
): Promise<boolean> {
  for (const sessions of both) {
    for (const possible of both) {
      if (await cache?.mayHold({ sessions, possible, quick }, file)) return true;
    }
  }
  return false;
}

/**
 * Returns a function that returns the module. Resolves when the assembler has started, so that this thread can do other
 * work until the module is ready.
 */
export async function startModule(
  policy: PolicyModel,
  checked: CheckedFiles,
  parts: ModuleParts,
  cache: ModuleCache | undefined,
): Promise<() => Promise<Module>> {
  const cached = await findChecked(cache, parts, checked);
  if (cached !== undefined) return () => loadModule(cached.module);
  const finish = await startCompiling(policy, parts);
  return async () => {
    const { wasm } = await finish();
    await storeCompiled(cache, parts, checked, policy, wasm);
    return loadModule(wasm);
  };
}

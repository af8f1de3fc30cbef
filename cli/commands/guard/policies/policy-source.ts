// The compiled policy of a guard or a service: from the cache if its files are as they were when it was compiled, which
// loads neither the language nor the compiler, and otherwise compiled.

import type { CachedPolicy, ModuleCache } from '../../../cache/module-cache.ts';
import type { Console } from '../../../io/console.ts';
import {
  createPolicyReader,
  readSourceFile,
  type SourceFile,
} from '../../../io/policies/policy-file.ts';
import { type GuardModule, guardParts } from './guard-module.ts';

/** Returns the module that was compiled from the files as they are now, or `undefined` if the cache has none. */
export async function findCompiled(
  file: SourceFile,
  cache: ModuleCache | undefined,
): Promise<CachedPolicy | undefined> {
  return cache?.find(guardParts, file, createPolicyReader(file.entry));
}

/** Prints the warnings of a policy as they were printed when it was compiled. */
export function printWarnings(
  { warnings }: Pick<CachedPolicy, 'warnings'>,
  { err, errColored }: Console,
): void {
  err(errColored ? warnings.colored : warnings.plain);
}

/** The policy of a file with the files that it consists of. `policy`: `undefined` if it has errors, which were reported. */
export async function compileFile(
  path: string,
  console: Console,
  cache: ModuleCache | undefined,
): Promise<{ readonly policy: GuardModule | undefined; readonly files: readonly string[] }> {
  const file = await readSourceFile(path);
  const cached = await findCompiled(file, cache);
  if (cached !== undefined) {
    printWarnings(cached, console);
    return { policy: cached, files: cached.files };
  }
  const { checkSource, compileChecked } = await import('./compile-source.ts');
  const { checked, policy } = await checkSource(file, console);
  const { files } = checked;
  return { policy: policy && (await compileChecked(checked, policy, cache)), files };
}

// The assembler with a cache on disk, because optimizing a module takes a second and many tests compile the same
// policies. The key contains the sources, the options, the code that drives AssemblyScript and its version.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Assembler } from '@nhipol/compiler';
import type { Optimization } from '@nhipol/compiler/asc';
import { createLevelAssembler as assembleWith } from '../../../cli/engines/assemble.ts';
import { times } from '../budget.ts';
import { computeKey, ModuleCache } from '../cache/modules.ts';

const cache = new ModuleCache();
// The manifest names the version of Binaryen, too.
const { version, dependencies } = createRequire(import.meta.url)('assemblyscript/package.json') as {
  version: string;
  dependencies: Readonly<Record<string, string>>;
};
const drivers = new URL('../../../compiler/asc/', import.meta.url);
const code = [
  ...readdirSync(drivers).map((name) => new URL(name, drivers)),
  new URL('../../../cli/engines/assemble.ts', import.meta.url),
].map((path) => readFileSync(path, 'utf8'));

/** Like `createLevelAssembler` of the CLI. Failures and modules with text are not cached. */
export function createCachedAssembler(optimization: Optimization): Assembler {
  const assembler = assembleWith(optimization);
  return async (sources, options) => {
    if (options.text) return assembler(sources, options);
    const key = computeKey([code, version, dependencies, optimization, [...sources], options]);
    const cached = cache.read(key);
    if (cached !== undefined) return { wasm: cached };
    const result = await assembler(sources, options);
    if ('wasm' in result) cache.store(key, result.wasm);
    return result;
  };
}

/** The assembler of modules. */
export const assemble: Assembler = createCachedAssembler('full');

/** For generated policies: optimization takes most of the time, so that only full runs optimize. */
export const assembleQuickly: Assembler = createCachedAssembler(times < 1 ? 'none' : 'full');

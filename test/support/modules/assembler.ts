// The assembler with a cache on disk, because optimizing a module takes a second and many tests compile the same
// policies. The key contains the sources, the options, the code that drives AssemblyScript and its version.

import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Assembler } from '@nhipol/compiler';
import type { Optimization } from '@nhipol/compiler/asc';
import { createLevelAssembler as assembleWith } from '../../../cli/engines/assemble.ts';
import { writeAtomically } from '../../../cli/io/files.ts';
import { times } from '../budget.ts';

const folder = fileURLToPath(
  new URL('../../../node_modules/.cache/nhipol-modules/', import.meta.url),
);
const { version } = createRequire(import.meta.url)('assemblyscript/package.json') as {
  version: string;
};
const drivers = new URL('../../../compiler/asc/', import.meta.url);
const code = readdirSync(drivers).map((name) => readFileSync(new URL(name, drivers), 'utf8'));

/** Like `createLevelAssembler` of the CLI. Failures and modules with text are not cached. */
export function createCachedAssembler(optimization: Optimization): Assembler {
  const assembler = assembleWith(optimization);
  return async (sources, options) => {
    if (options.text) return assembler(sources, options);
    const path = `${folder}${computeKey([code, version, optimization, [...sources], options])}.wasm`;
    const cached = readIfPresent(path);
    if (cached !== undefined) return { wasm: cached };
    const result = await assembler(sources, options);
    if ('wasm' in result) {
      mkdirSync(folder, { recursive: true });
      // Other workers may write the same module at the same time.
      await writeAtomically(path, result.wasm);
    }
    return result;
  };
}

/** The assembler of modules. */
export const assemble: Assembler = createCachedAssembler('full');

/** For generated policies: optimization takes most of the time, so that only full runs optimize. */
export const assembleQuickly: Assembler = createCachedAssembler(times < 1 ? 'none' : 'full');

function computeKey(inputs: unknown): string {
  return createHash('sha256').update(JSON.stringify(inputs)).digest('hex');
}

function readIfPresent(path: string): Uint8Array | undefined {
  try {
    return new Uint8Array(readFileSync(path));
  } catch {
    return undefined;
  }
}

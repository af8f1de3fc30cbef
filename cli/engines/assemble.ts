// Compiles AssemblyScript to WebAssembly in memory and in this thread. A crash of AssemblyScript ends the whole thread, see
// assembler.ts.

import { setFlagsFromString } from 'node:v8';
import type { Assembler } from '@nhipol/compiler';
import { makeAssembler, type Optimization, type Tools } from '@nhipol/compiler/asc';

/**
 * Runs without V8's optimizing tier: Binaryen is itself WebAssembly, and V8 would spend most of a short run on
 * optimizing it. The flags apply to the whole process and are therefore reset immediately.
 */
async function withoutTiering<T>(run: () => Promise<T>): Promise<T> {
  setFlagsFromString('--liftoff-only');
  try {
    return await run();
  } finally {
    for (const flag of ['--no-liftoff-only', '--wasm-tier-up', '--wasm-dynamic-tiering']) {
      setFlagsFromString(flag);
    }
  }
}

let tools: Promise<Tools> | undefined;

/** Loads AssemblyScript and Binaryen. Call it early if they will be needed. */
export function loadTools(): Promise<Tools> {
  tools ??= withoutTiering(async () => {
    const [asc, binaryen] = await Promise.all([
      import('assemblyscript'),
      import('assemblyscript/binaryen'),
    ]);
    return { asc, binaryen: binaryen.default, loadWholeLibrary } as unknown as Tools;
  });
  return tools;
}

async function loadWholeLibrary() {
  process.emitWarning(
    'the policy needs a part of AssemblyScript that nhipol does not expect. Please report this as a bug.',
  );
  return (await import('assemblyscript/asc')).libraryFiles;
}

/** The assembler of modules that are kept. */
export const assemble: Assembler = createLevelAssembler('full');

/** Returns an assembler. Optimization takes most of the time. */
export function createLevelAssembler(optimization: Optimization): Assembler {
  let assembler: Assembler | undefined;
  return async (sources, options) => {
    assembler ??= makeAssembler(await loadTools(), optimization);
    const loaded = assembler;
    return withoutTiering(() => loaded(sources, options));
  };
}

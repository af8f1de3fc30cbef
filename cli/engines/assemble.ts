// Compiles AssemblyScript to WebAssembly with asc, in memory and in this thread. A crash of asc ends the whole thread, see
// assembler.ts.

import { setFlagsFromString } from 'node:v8';
import { type Asc, type Assembler, assemblerOf } from '@nhipol/compiler';

/**
 * Runs without V8's optimizing tier: asc's optimizer is itself WebAssembly, and V8 would spend most of a short run on
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

/** Loads asc, which takes about 0.3 s the first time. Call it early if asc will be needed. */
export function loadAsc(): Promise<Asc> {
  return withoutTiering(async () => (await import('assemblyscript/asc')).default as never);
}

/** The assembler of modules. */
export const assemble: Assembler = assembleAt(2);

/** Returns an assembler with an optimization level. Optimization takes most of the time. */
export function assembleAt(level: number): Assembler {
  return async (sources, options) => {
    const assembler = assemblerOf(await loadAsc(), { level });
    return withoutTiering(() => assembler(sources, options));
  };
}

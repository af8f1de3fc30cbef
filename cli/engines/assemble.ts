// Compiles AssemblyScript to WebAssembly with asc, in memory and in this thread. Returns the module or the error output
// of asc. A crash of asc ends the whole thread, see assembler.ts.

import { setFlagsFromString } from 'node:v8';
import type { Assembler } from '../../compiler/index.ts';

// The WebAssembly MVP and bulk memory, which every host supports. Vector instructions are optional.
const flags = [
  ...['--runtime', 'stub', '--noAssert', '--use', 'abort='],
  // Merge locals with disjoint lifetimes: the module becomes smaller and compresses better.
  ...['--runPasses', 'optimize-instructions,coalesce-locals,reorder-locals'],
  ...[
    '--disable',
    'nontrapping-f2i',
    '--disable',
    'sign-extension',
    '--disable',
    'mutable-globals',
  ],
];

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
export function loadAsc(): Promise<typeof import('assemblyscript/asc')> {
  return withoutTiering(async () => (await import('assemblyscript/asc')).default as never);
}

/** The assembler of modules. */
export const assemble: Assembler = assembleAt(2);

/** Returns an assembler with an optimization level. Optimization takes most of the time. */
export function assembleAt(level: number): Assembler {
  return async (sources, options) => {
    const asc = await loadAsc();
    const written = new Map<string, string | Uint8Array>();
    const { error, stderr } = await withoutTiering(() =>
      asc.main(
        [
          ...['entry.ts', '--outFile', 'module.wasm', ...flags],
          ...(options.text ? ['--textFile', 'module.wat'] : []),
          ...['--optimizeLevel', String(level)],
          ...(options.simd ? ['--enable', 'simd'] : []),
          ...['--memoryBase', String(options.memoryBase)],
          ...['--initialMemory', String(options.initialPages)],
          ...['--maximumMemory', String(options.maximumPages)],
        ],
        {
          readFile: (name) => sources.get(name) ?? null,
          writeFile: (name, contents) => {
            written.set(name, contents);
          },
          listFiles: () => [],
        },
      ),
    );
    const wasm = written.get('module.wasm');
    const wat = written.get('module.wat');
    if (error !== null) return { failure: `${error.message}\n${stderr.toString()}`.trimEnd() };
    if (!(wasm instanceof Uint8Array)) return { failure: 'asc ended without writing a module' };
    return { wasm: new Uint8Array(wasm), ...(typeof wat === 'string' && { wat }) };
  };
}

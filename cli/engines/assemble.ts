// AssemblyScript to WebAssembly by asc, in memory and in this thread. Sources come in, bytes and text
// go out, or what asc had to say. asc ends the whole thread when it crashes: see assembler.ts.

import { setFlagsFromString } from 'node:v8';
import type { Assembler } from '../../compiler/index.ts';

// The WebAssembly MVP and bulk memory: what every host has. Vector instructions are asked for.
const flags = [
  ...['--runtime', 'stub', '--noAssert', '--use', 'abort='],
  // Locals that are never alive together become one: smaller, and more alike for whoever compresses.
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
 * asc's optimiser is itself WebAssembly, and V8 would spend most of a short run on compiling that
 * once more, for speed. The flags hold for the whole process, so they are put back at once.
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

/** Takes a third of a second the first time; whoever knows that it will be needed calls it early. */
export function loadAsc(): Promise<typeof import('assemblyscript/asc')> {
  return withoutTiering(async () => (await import('assemblyscript/asc')).default as never);
}

/** What modules are made with. */
export const assemble: Assembler = assembleAt(2);

/** By how hard asc optimises, for which it takes most of its time. */
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

// The assembler of modules: takes asc, and compiles sources in memory and in this thread. Returns the module or the error
// output of asc.

import type { Assembler } from './assemble.ts';

/** The parts of asc that are used. */
export interface Asc {
  readonly main: (
    args: string[],
    api: {
      readonly readFile: (name: string) => string | null;
      readonly writeFile: (name: string, contents: string | Uint8Array) => void;
      readonly listFiles: () => string[];
    },
  ) => Promise<{ readonly error: Error | null; readonly stderr: { toString(): string } }>;
}

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

/** `level`: the optimization level. Optimization takes most of the time. */
export function assemblerOf(asc: Asc, { level }: { readonly level: number }): Assembler {
  return async (sources, options) => {
    const written = new Map<string, string | Uint8Array>();
    const { error, stderr } = await asc.main(
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
    );
    const wasm = written.get('module.wasm');
    const wat = written.get('module.wat');
    if (error !== null) return { failure: `${error.message}\n${stderr.toString()}`.trimEnd() };
    if (!(wasm instanceof Uint8Array)) return { failure: 'asc ended without writing a module' };
    return { wasm: new Uint8Array(wasm), ...(typeof wat === 'string' && { wat }) };
  };
}

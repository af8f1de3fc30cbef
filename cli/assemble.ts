// AssemblyScript to WebAssembly by asc, in memory and in this thread. Sources come in, bytes and text
// go out, or what asc had to say. asc ends the whole thread when it crashes: see assembler.ts.

import asc from 'assemblyscript/asc';
import type { Assembler } from '../compiler/index.ts';

// The WebAssembly MVP and bulk memory: what every host has.
const flags = [
  ...['--runtime', 'stub', '--noAssert', '--use', 'abort=', '--optimizeLevel', '1'],
  ...[
    '--disable',
    'nontrapping-f2i',
    '--disable',
    'sign-extension',
    '--disable',
    'mutable-globals',
  ],
];

export const assemble: Assembler = async (sources, options) => {
  const written = new Map<string, string | Uint8Array>();
  const { error, stderr } = await asc.main(
    [
      ...['entry.ts', '--outFile', 'module.wasm', '--textFile', 'module.wat', ...flags],
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
  if (!(wasm instanceof Uint8Array) || typeof wat !== 'string') {
    return { failure: 'asc ended without writing a module' };
  }
  return { wasm: new Uint8Array(wasm), wat };
};

// Programs of AssemblyScript: parses sources and the library, and compiles them. It calls AssemblyScript's functions
// instead of its command line, which parses the whole standard library and all sources for each program.

import type { Assembled, Assembler, AssemblerOptions } from '../assemble.ts';
import { type Optimization, optimize } from './passes.ts';
import type { Asc, AscOptions, AscProgram, Binaryen, StandardLibrary } from './tools.ts';
import type { AscTrees } from './trees.ts';

/** The input of a program. */
export interface ProgramSource {
  readonly sources: Parameters<Assembler>[0];
  readonly library: StandardLibrary;
  readonly options: AssemblerOptions;
  readonly optimization: Optimization;
}

type ProgramResult = Assembled | { readonly failure: string };

/** Parses and compiles a program. `trees`: the files that were parsed before, and are reused. */
export function assembleProgram(
  asc: Asc,
  binaryen: Binaryen,
  trees: AscTrees,
  source: ProgramSource,
): ProgramResult {
  const program = asc.newProgram(createProgramOptions(asc, source));
  parse(trees, asc, program, source);
  const failure = findErrors(asc, program);
  return failure === undefined ? compile(asc, binaryen, program, source) : { failure };
}

const webAssembly = 0;
const stubRuntime = 0;

function createProgramOptions(
  asc: Asc,
  {
    options: { initialPages, maximumPages, memoryBase, simd = false },
    optimization,
  }: ProgramSource,
): AscOptions {
  const options = asc.newOptions();
  asc.setTarget(options, webAssembly);
  asc.setRuntime(options, stubRuntime);
  asc.setNoAssert(options, true);
  asc.setExportMemory(options, true);
  asc.setInitialMemory(options, initialPages);
  asc.setMaximumMemory(options, maximumPages);
  asc.setMemoryBase(options, memoryBase);
  asc.setStackSize(options, 0);
  // Without a function to call, an abort is only a trap.
  asc.addGlobalAlias(options, 'abort', '');
  // The WebAssembly MVP and bulk memory, which every host supports. Vector instructions are optional.
  asc.setFeature(options, asc.FEATURE_NONTRAPPING_F2I, false);
  asc.setFeature(options, asc.FEATURE_SIGN_EXTENSION, false);
  asc.setFeature(options, asc.FEATURE_MUTABLE_GLOBALS, false);
  if (simd) asc.setFeature(options, asc.FEATURE_SIMD, true);
  asc.setOptimizeLevelHints(options, optimization === 'none' ? 0 : 2, 0);
  return options;
}

/** Parses the library, the entry file and what they import, in the order of AssemblyScript's command line. */
function parse(trees: AscTrees, asc: Asc, program: AscProgram, source: ProgramSource): void {
  const add = (name: string, isEntry = false): void => {
    const path = [name, `${name}/index`].find((each) => findText(source, each) !== undefined);
    if (path === undefined) asc.parse(program, null, `${name}.ts`, isEntry);
    else trees.add(program, path, findText(source, path) ?? '', isEntry);
  };
  for (const name of Object.keys(source.library)) if (!name.includes('/')) add(`${prefix}${name}`);
  add(`${prefix}rt/index-stub`, true);
  add('entry', true);
  for (;;) {
    const next = asc.nextFile(program);
    if (next === null) return;
    add(next);
  }
}

const prefix = '~lib/';

function findText({ sources, library }: ProgramSource, path: string): string | undefined {
  return path.startsWith(prefix) ? library[path.slice(prefix.length)] : sources.get(`${path}.ts`);
}

function compile(
  asc: Asc,
  binaryen: Binaryen,
  program: AscProgram,
  { options: { text }, optimization }: ProgramSource,
): ProgramResult {
  asc.initializeProgram(program);
  const module = binaryen.wrapModule(asc.compile(program).ref);
  try {
    const failure = findErrors(asc, program);
    if (failure !== undefined) return { failure };
    optimize(binaryen, module, optimization);
    const wasm = new Uint8Array(module.emitBinary());
    return { wasm, ...(text && { wat: module.emitStackIR() }) };
  } finally {
    module.dispose();
  }
}

/** Returns the errors that were not read before, or `undefined` if there is none. Warnings are dropped. */
function findErrors(asc: Asc, program: AscProgram): string | undefined {
  const errors: string[] = [];
  for (;;) {
    const diagnostic = asc.nextDiagnostic(program);
    if (diagnostic === null) return errors.length > 0 ? errors.join('\n') : undefined;
    if (asc.isError(diagnostic)) errors.push(asc.formatDiagnostic(diagnostic, false, true));
  }
}

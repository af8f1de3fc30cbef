// The assembler of modules: takes AssemblyScript and Binaryen, and compiles sources in memory and in this thread. Returns
// the module or the errors of AssemblyScript.

import type { Assembled, Assembler } from '../assemble.ts';
import { neededLibrary } from './library.generated.ts';
import type { Optimization } from './passes.ts';
import { assembleProgram, type ProgramSource } from './program.ts';
import type { Tools } from './tools.ts';
import { AscTrees } from './trees.ts';

/** Makes an assembler, which keeps the files that it parsed. */
export function makeAssembler(
  { asc, binaryen, loadWholeLibrary }: Tools,
  optimization: Optimization,
): Assembler {
  let trees = new AscTrees(asc);
  /** Returns `undefined` if a module needs a part of the library that no other module needed. */
  const assembleWithPart = (source: ProgramSource): Assembled | undefined => {
    try {
      const result = assembleProgram(asc, binaryen, trees, source);
      return 'failure' in result ? undefined : result;
    } catch {
      // AssemblyScript reports a name that is missing as an error, and throws if it needs the declaration itself.
      return undefined;
    }
  };
  return async (sources, options) => {
    const saves = options.quick === true && optimization === 'full';
    const source = { sources, options, optimization: saves ? 'quick' : optimization } as const;
    const result = assembleWithPart({ ...source, library: neededLibrary });
    if (result !== undefined) return result;
    // An error can leave trees that are compiled in part.
    trees = new AscTrees(asc);
    return assembleProgram(asc, binaryen, trees, { ...source, library: await loadWholeLibrary() });
  };
}

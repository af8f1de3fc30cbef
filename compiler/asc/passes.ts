// The passes of Binaryen that optimize a module. The list of AssemblyScript takes twice the time, mostly for many rounds
// of one pass, and saves less than one percent.

import type { Binaryen, BinaryenModule } from './tools.ts';

/**
 * How a module is optimized: `full` for a module that is kept, `quick` for one that is used once and is a quarter
 * larger, `none` for tests of many generated policies.
 */
export type Optimization = 'full' | 'quick' | 'none';

const passes: Readonly<Record<Optimization, readonly string[]>> = {
  full: [
    'duplicate-function-elimination',
    'remove-unused-module-elements',
    'inlining',
    'simplify-globals',
    'optimize-instructions',
    'dce',
    'remove-unused-brs',
    'remove-unused-names',
    'merge-blocks',
    'precompute-propagate',
    'pick-load-signs',
    'simplify-locals-notee-nostructure',
    'vacuum',
    'local-cse',
    'reorder-locals',
    'coalesce-locals',
    'simplify-locals',
    'coalesce-locals',
    'reorder-locals',
    'vacuum',
    'rse',
    'dae-optimizing',
    'inlining-optimizing',
    'remove-unused-brs',
    'merge-blocks',
    'optimize-instructions',
    'vacuum',
    'coalesce-locals',
    'reorder-locals',
    'reorder-functions',
    'duplicate-function-elimination',
    'memory-packing',
    'remove-unused-module-elements',
  ],
  quick: [
    'remove-unused-module-elements',
    'inlining',
    'optimize-instructions',
    'precompute-propagate',
    'simplify-locals',
    'vacuum',
    'coalesce-locals',
    'reorder-locals',
    'remove-unused-module-elements',
  ],
  none: [],
};

export function optimize(
  binaryen: Binaryen,
  module: BinaryenModule,
  optimization: Optimization,
): void {
  const isOptimized = optimization !== 'none';
  binaryen.clearPassArguments();
  binaryen.setPassArgument('partial-inlining-ifs', isOptimized ? '4' : '0');
  binaryen.setOptimizeLevel(isOptimized ? 2 : 0);
  binaryen.setShrinkLevel(0);
  binaryen.setDebugInfo(false);
  binaryen.setZeroFilledMemory(false);
  binaryen.setFastMath(true);
  binaryen.setGenerateStackIR(isOptimized);
  binaryen.setOptimizeStackIR(isOptimized);
  // The sizes up to which functions are inlined: in many places, in few, and with a single caller.
  binaryen.setAlwaysInlineMaxSize(12);
  binaryen.setFlexibleInlineMaxSize(70);
  binaryen.setOneCallerInlineMaxSize(200);
  binaryen.setAllowInliningFunctionsWithLoops(true);
  module.runPasses([...passes[optimization]]);
}

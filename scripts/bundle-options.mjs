// The inputs of the bundle of the command line, for scripts/bundle.mjs, which writes it, and for
// scripts/generate-notices.mjs, which lists the packages in it.

import { fileURLToPath } from 'node:url';

/** Packages by another file: the main file of this one requires others by names that a bundler does not see. */
export const alias = { 'jsonc-parser': 'jsonc-parser/lib/esm/main.js' };

/** Input options of rolldown. */
export const bundleOptions = {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  // Each worker is next to the file that starts it, as in the sources.
  input: {
    nhipol: 'cli/main.ts',
    'nhipol-hook': 'cli/hook/main.ts',
    'assembler-worker': 'cli/engines/assembler-worker.ts',
    'policy-worker': 'cli/test-run/policy-worker.ts',
  },
  platform: 'node',
  resolve: {
    conditionNames: ['nhipol-source', 'node', 'import'],
    alias,
  },
  // assemblyscript is already a bundle, and tinypool starts its own script.
  external: [/^assemblyscript\//, 'tinypool'],
  logLevel: 'warn',
};

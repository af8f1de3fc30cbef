// What the bundle of the command line is made from: for scripts/bundle.mjs, which writes it, and for
// scripts/generate-notices.mjs, which lists the packages in it.

import { fileURLToPath } from 'node:url';

/** Input options of rolldown. */
export const bundleOptions = {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  // Each worker is next to the file that starts it, as in the sources.
  input: {
    nhipol: 'cli/main.ts',
    'assembler-worker': 'cli/assembler-worker.ts',
    'policy-worker': 'cli/test-run/policy-worker.ts',
  },
  platform: 'node',
  resolve: { conditionNames: ['source', 'node', 'import'] },
  // assemblyscript is a bundle already; tinypool starts a script of its own.
  external: [/^assemblyscript\//, 'tinypool'],
  logLevel: 'warn',
};

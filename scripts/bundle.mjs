// `npm run build`, after tsc: the command line as few files, in `dist/bin/`, since reading a file for each
// module is most of what a start takes. What commands load when they need it stays apart; so does asc,
// which brings a bundle of its own.

import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));

const bundle = await rolldown({
  cwd: root,
  // Each worker stands beside whoever starts it, as in the sources.
  input: {
    nhipol: 'cli/main.ts',
    'assembler-worker': 'cli/assembler-worker.ts',
    'policy-worker': 'cli/test-run/policy-worker.ts',
  },
  platform: 'node',
  resolve: { conditionNames: ['source', 'node', 'import'] },
  // The one is a bundle by itself, the other starts a script of its own.
  external: [/^assemblyscript\//, 'tinypool'],
  logLevel: 'warn',
});
await bundle.write({ dir: 'dist/bin', format: 'esm', cleanDir: true });
await bundle.close();

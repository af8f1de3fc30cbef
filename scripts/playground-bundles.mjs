// The bundles of the playground: the page, the worker of the language server and the evaluator, and that of the compiler.

import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../playground/', import.meta.url));

const inputs = [
  { main: `${folder}main.tsx` },
  { worker: `${folder}worker/main.ts` },
  { compiler: `${folder}compiler/worker.ts` },
];

/** The options of rolldown for each. */
export const playgroundBundles = inputs.map((input) => ({
  input,
  platform: 'browser',
  resolve: { conditionNames: ['nhipol-source', 'browser', 'import', 'default'] },
  // asc loads parts of Node if there is one.
  external: [/^node:/, 'fs', 'module', 'path', 'process', 'url', 'crypto'],
  logLevel: 'warn',
}));

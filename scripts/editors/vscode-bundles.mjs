// The bundles of the VS Code extension, each with one entry: for scripts/build/vscode.mjs, which writes them, and for
// scripts/build/notices.mjs, which lists the packages in them.

import { fileURLToPath } from 'node:url';
import { alias } from '../build/bundle-options.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const conditions = (platform) => ({
  conditionNames: ['nhipol-source', platform, 'import'],
  alias,
});

/** For each bundle: the input options of rolldown, the file in `dist/` and its format. */
export const vscodeBundles = [
  bundle('main-node.cjs', 'editors/vscode/client/main-node.ts', 'node', 'cjs'),
  bundle('main-browser.cjs', 'editors/vscode/client/main-browser.ts', 'browser', 'cjs'),
  bundle('server.mjs', 'editors/vscode/server/node.ts', 'node', 'esm'),
  bundle('server-browser.js', 'editors/vscode/server/browser.ts', 'browser', 'iife'),
];

function bundle(file, input, platform, format) {
  const options = {
    cwd: root,
    input,
    platform,
    resolve: conditions(platform),
    external: ['vscode'],
    logLevel: 'warn',
  };
  return { file, format, options };
}

// Finds what `tsc -b` compiled after the bundle of the command line was written. An installed package has no such files.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** `bundle`: the path of `dist/bin/nhipol.js`. The URL of the compiled command line, or `undefined` if none is newer. */
export function findNewerBuild(bundle: string): string | undefined {
  const root = join(dirname(bundle), '../..');
  const main = join(root, 'cli/dist/main.js');
  if (!existsSync(main)) return undefined;
  const text = readFileSync(join(root, 'package.json'), 'utf8');
  const { workspaces = [] } = JSON.parse(text) as { readonly workspaces?: readonly string[] };
  const written = statSync(bundle).mtimeMs;
  const isNewer = workspaces.some((folder) => {
    const state = join(root, folder, 'dist/.tsbuildinfo');
    return (statSync(state, { throwIfNoEntry: false })?.mtimeMs ?? 0) > written;
  });
  return isNewer ? pathToFileURL(main).href : undefined;
}

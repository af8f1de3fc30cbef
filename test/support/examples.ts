// The policies that are shipped, as the folders of `examples/` and `cli/templates/` hold them: whoever
// adds one need not list it.

import { existsSync, readdirSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

export interface Example {
  readonly name: string;
  /** From the repository's root. */
  readonly path: string;
}

export const examples = policiesIn('examples');
export const templates = policiesIn('cli/templates');

/** In order of name. */
function policiesIn(folder: string): readonly Example[] {
  return readdirSync(new URL(`${folder}/`, root))
    .sort()
    .map((name) => ({ name, path: `${folder}/${name}/policy.nhipol` }))
    .filter(({ path }) => existsSync(new URL(path, root)));
}

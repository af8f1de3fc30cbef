// The policies that are part of the package, from the folders of `examples/` and `cli/templates/`, so
// that a new one need not be listed.

import { existsSync, readdirSync } from 'node:fs';

const root = new URL('../../../', import.meta.url);

export interface Example {
  readonly name: string;
  /** Relative to the root of the repository. */
  readonly path: string;
}

export const examples = listPolicies('examples');
export const templates = listPolicies('cli/templates');

/** In the order of their names. */
function listPolicies(folder: string): readonly Example[] {
  return readdirSync(new URL(`${folder}/`, root))
    .sort()
    .map((name) => ({ name, path: `${folder}/${name}/policy.nhipol` }))
    .filter(({ path }) => existsSync(new URL(path, root)));
}

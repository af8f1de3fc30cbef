// The example policies, as the folders of `examples/` hold them: whoever adds one need not list it.

import { existsSync, readdirSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

export interface Example {
  readonly name: string;
  /** From the repository's root. */
  readonly path: string;
}

/** In order of name. */
export const examples: readonly Example[] = readdirSync(new URL('examples/', root))
  .sort()
  .map((name) => ({ name, path: `examples/${name}/policy.nhipol` }))
  .filter(({ path }) => existsSync(new URL(path, root)));

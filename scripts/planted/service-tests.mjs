// The tests of the service by their names.

import { fileURLToPath } from 'node:url';
import { globSync } from 'tinyglobby';

const files = globSync('test/service/**/*.test.ts', {
  cwd: fileURLToPath(new URL('../../', import.meta.url)),
});

/** Returns the paths of tests in `test/service`, from the root of the repository. Throws if there is not one for a name. */
export function serviceTests(...names) {
  return names.map((name) => {
    const found = files.filter((file) => file.endsWith(`/${name}.test.ts`));
    if (found.length !== 1)
      throw new Error(`${found.length} tests of the service have the name ${name}`);
    return found[0];
  });
}

// After each run, removes what was not used for the longest time from the modules that tests cache.

import { ModuleCache } from './modules.ts';

/** Several times what the tests of one commit use. */
const mostBytes = 512 * 1024 * 1024;

export function teardown(): void {
  new ModuleCache().shrink(mostBytes);
}

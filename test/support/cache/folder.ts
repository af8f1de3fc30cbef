// The folder of everything that tests compile and cache. It is in the user's cache, because `npm ci` removes
// `node_modules`; vitest.config.ts passes it to the tests, which set `XDG_CACHE_HOME` for the commands that they start.

import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

/** Returns the folder: NHIPOL_TEST_CACHE, or `nhipol-tests` in the user's cache. */
export function findTestCache(env: NodeJS.ProcessEnv = process.env): string {
  const { NHIPOL_TEST_CACHE: folder = '', XDG_CACHE_HOME: cache = '' } = env;
  if (folder !== '') return resolve(folder);
  return join(isAbsolute(cache) ? cache : join(homedir(), '.cache'), 'nhipol-tests');
}

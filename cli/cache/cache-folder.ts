// Where compiled policies are cached: XDG Base Directory Specification.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the folder, or `undefined` if nothing is cached: in CI, without a home, and on systems whose files have no owner
 * that can be compared with the user.
 */
export function findCacheFolder(env: Environment): string | undefined {
  return process.getuid === undefined || isCi(env) ? undefined : locateCacheFolder(env);
}

/**
 * Returns the folder, whether or not it is used, or `undefined` if no absolute path is known. A relative path in the
 * environment is ignored, as the specification says: files of a checkout are not a cache.
 */
export function locateCacheFolder({ XDG_CACHE_HOME: cache = '' }: Environment): string | undefined {
  const base = isAbsolute(cache) ? cache : join(homedir(), '.cache');
  return isAbsolute(base) ? join(base, 'nhipol', 'modules') : undefined;
}

function isCi({ CI: ci = '' }: Environment): boolean {
  return ci !== '' && ci !== 'false';
}

// Where compiled policies are cached: XDG Base Directory Specification.

import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Returns the folder, or `undefined` if nothing is cached: in CI, and on systems whose files have no owner that can be
 * compared with the user.
 */
export function findCacheFolder(env: Environment): string | undefined {
  if (process.getuid === undefined || isCi(env)) return undefined;
  return join(findUserCache(env), 'nhipol', 'modules');
}

/** A relative path is invalid and ignored, as the specification says. */
function findUserCache({ XDG_CACHE_HOME: cache = '' }: Environment): string {
  return isAbsolute(cache) ? cache : join(homedir(), '.cache');
}

function isCi({ CI: ci = '' }: Environment): boolean {
  return ci !== '' && ci !== 'false';
}

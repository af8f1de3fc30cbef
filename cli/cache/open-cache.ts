// Opens the cache of compiled policies for a command.

import { version } from '../io/version.ts';
import { readBuildDigest } from './build-digest.ts';
import { findCacheFolder } from './cache-folder.ts';
import { ModuleCache } from './module-cache.ts';

/** Returns `undefined` if nothing is cached: by the user's choice, in CI, or by a program that is not a build. */
export function openModuleCache(
  isWanted: boolean,
  env: Readonly<Record<string, string | undefined>>,
): ModuleCache | undefined {
  const folder = isWanted ? findCacheFolder(env) : undefined;
  const build = folder === undefined ? undefined : readBuildDigest();
  if (folder === undefined || build === undefined) return undefined;
  return new ModuleCache({ folder, compiler: { version, build } });
}

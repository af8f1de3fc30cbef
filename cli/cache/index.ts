// The exports of the cache of compiled policies, for its tests.

export { readBuildDigest } from './build-digest.ts';
export { findCacheFolder } from './cache-folder.ts';
export { evictEntries } from './evict.ts';
export { ModuleCache } from './module-cache.ts';

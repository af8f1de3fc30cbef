// The cache of compiled policies: a folder with a file for each module. What cannot be read or written, or might be
// somebody else's, is not used, and no error of it reaches the caller: without the cache everything works, slower.

import { join } from 'node:path';
import type { CheckedFiles } from '@nhipol/language';
import type { SourceFile } from '../io/policies/policy-file.ts';
import { decodeEntry, type EntryHeader, encodeEntry } from './entry.ts';
import { type CacheLimits, cacheLimits, evictEntries } from './evict.ts';
import { type CachedParts, type Compiler, computeAddress, computeKey } from './key.ts';
import {
  hasFile,
  isOwnFolder,
  prepareOwnFolder,
  readOwnFile,
  replaceOwnFile,
  type WriteBytes,
} from './own-file.ts';

/** The sources of a policy: the texts of its files by path, the path of the first one, and all paths that were tried. */
export type PolicySources = Pick<CheckedFiles, 'entry' | 'sources' | 'files'>;

/** A module with what a guard or a service needs of its policy. */
export interface CompiledPolicy extends Pick<EntryHeader, 'limits' | 'warnings'> {
  readonly module: Uint8Array;
}

export interface CachedPolicy extends CompiledPolicy, PolicySources {}

/** Reads a file that the policy names. Anything but a string: it cannot be read. */
export type ReadText = (path: string) => Promise<unknown>;

export interface ModuleCacheOptions {
  readonly folder: string;
  readonly compiler: Compiler;
  readonly limits?: CacheLimits;
  /** For tests: writes the bytes of an entry. */
  readonly write?: WriteBytes;
}

export class ModuleCache {
  readonly #options: ModuleCacheOptions;

  constructor(options: ModuleCacheOptions) {
    this.#options = options;
  }

  /**
   * Returns the module that was compiled from the files as they are now, and their texts, or `undefined` if the cache has
   * none. `read` is called for each file of the policy but the first one.
   */
  async find(
    parts: CachedParts,
    { entry, text }: SourceFile,
    read: ReadText,
  ): Promise<CachedPolicy | undefined> {
    const { compiler } = this.#options;
    const cacheEntry = await this.#read(computeAddress(compiler, parts, { entry, text }));
    if (cacheEntry === undefined) return undefined;
    const sources = new Map([[entry, text]]);
    for (const path of cacheEntry.files) {
      if (path === entry) continue;
      const other = await read(path);
      if (typeof other !== 'string') return undefined;
      sources.set(path, other);
    }
    if (cacheEntry.key !== computeKey(compiler, parts, entry, sources)) return undefined;
    const { module, files, limits, warnings } = cacheEntry;
    return { entry, sources, files, module, limits, warnings };
  }

  /** Whether there may be a module of a policy: whether its file exists, which is not read. */
  async mayHold(parts: CachedParts, file: SourceFile): Promise<boolean> {
    const { folder, compiler } = this.#options;
    try {
      return (
        (await isOwnFolder(folder)) &&
        (await hasFile(join(folder, computeAddress(compiler, parts, file))))
      );
    } catch {
      return false;
    }
  }

  /** Stores a module, if all files of its policy were read. */
  async store(
    parts: CachedParts,
    { entry, sources, files }: PolicySources,
    compiled: CompiledPolicy,
  ): Promise<void> {
    const { folder, compiler, limits = cacheLimits, write } = this.#options;
    const text = sources.get(entry);
    if (text === undefined || files.some((path) => !sources.has(path))) return;
    const key = computeKey(compiler, parts, entry, sources);
    const bytes = encodeEntry({ ...compiled, key, files });
    if (bytes.length > limits.bytes) return;
    const address = computeAddress(compiler, parts, { entry, text });
    try {
      if (!(await prepareOwnFolder(folder))) return;
      await replaceOwnFile(join(folder, address), bytes, write);
      await evictEntries(folder, limits);
    } catch {
      // The next start compiles again.
    }
  }

  async #read(address: string) {
    const { folder, limits = cacheLimits } = this.#options;
    try {
      if (!(await isOwnFolder(folder))) return undefined;
      const bytes = await readOwnFile(join(folder, address), limits.bytes);
      return bytes && decodeEntry(bytes);
    } catch {
      return undefined;
    }
  }
}

// Keeps a cache small: the files that were not used for the longest time are removed.

import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { temporarySuffix } from './own-file.ts';

export interface CacheLimits {
  readonly entries: number;
  readonly bytes: number;
}

export const cacheLimits: CacheLimits = { entries: 256, bytes: 64 * 1024 * 1024 };

/** How long a file may be written, in milliseconds: an older one was left by a process that ended. */
const maxWriting = 60_000;
const entryName = /^[0-9a-f]{64}$/;
const temporaryName = new RegExp(`^[0-9a-f]{64}\\.[\\w-]+\\${temporarySuffix}$`);

/** Removes files of the cache until it is within the limits. Other files in the folder stay. */
export async function evictEntries(
  folder: string,
  { entries, bytes }: CacheLimits = cacheLimits,
): Promise<void> {
  const names = await readdir(folder);
  const files = (await Promise.all(names.map((name) => readSize(folder, name)))).flat();
  const now = Date.now();
  for (const { path, time, isTemporary } of files)
    if (isTemporary && now - time > maxWriting) await rm(path, { force: true });
  const newestFirst = files
    .filter(({ isTemporary }) => !isTemporary)
    .sort((a, b) => b.time - a.time);
  let total = 0;
  for (const [index, { path, size }] of newestFirst.entries()) {
    total += size;
    if (index >= entries || total > bytes) await rm(path, { force: true });
  }
}

interface FoundFile {
  readonly path: string;
  readonly isTemporary: boolean;
  /** When it was written or used last, in milliseconds. */
  readonly time: number;
  readonly size: number;
}

/** Returns nothing for a file that is not of the cache, or that another process has removed by now. */
async function readSize(folder: string, name: string): Promise<readonly FoundFile[]> {
  const isTemporary = temporaryName.test(name);
  if (!isTemporary && !entryName.test(name)) return [];
  const path = join(folder, name);
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined || stats.isDirectory()) return [];
  return [{ path, isTemporary, time: stats.mtimeMs, size: stats.size }];
}

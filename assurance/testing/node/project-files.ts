// Reads the files that a policy names (`use`, tables, requests of tests), and no others. A policy may come from an
// untrusted branch, so the files it names must not make the reader open, and print, files outside of the project.
// Takes the path of the entry file and returns a reader of text files in the project, which gives a reason for
// every file that it rejects. Paths are relative to the working directory and use `/`.

import { existsSync, constants as mode } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ReadsFile, UnreadableFile } from '@nhipol/language';

/** The maximum size of a file, in bytes. */
export const maxFileBytes = 32 * 1024 * 1024;

/** A file or folder with one of these names marks the root of a project. */
const rootMarks = ['nhipol.toml', '.git'];

/**
 * The nearest folder, at or above that of the entry, with a `nhipol.toml` or `.git`; without one, the entry's
 * folder. An absolute path.
 */
export function projectRoot(entry: string): string {
  const home = dirname(resolve(entry));
  for (let folder = home; ; folder = dirname(folder)) {
    if (rootMarks.some((mark) => existsSync(join(folder, mark)))) return folder;
    if (folder === dirname(folder)) return home;
  }
}

/** A reader of the project's files. `allowRead`: paths of further folders that may be read. */
export function projectReader(entry: string, allowRead: readonly string[] = []): ReadsFile {
  const root = projectRoot(entry);
  const folders = [root, ...allowRead];
  return async (path) => {
    if (!(await isWithinAny(folders, path))) return createOutsideFault(root);
    const real = await realpath(path).catch(() => undefined);
    return real === undefined ? undefined : readTextFile(real);
  };
}

/**
 * Whether the file is in one of the folders, with symbolic links resolved. A file that does not exist is judged by
 * the folder it would be in, so that the result does not reveal which files exist elsewhere.
 */
export async function isWithinAny(folders: readonly string[], path: string): Promise<boolean> {
  const real = await resolveRealPlace(resolve(path));
  for (const folder of folders)
    if (hasPath(await resolveRealPlace(resolve(folder)), real)) return true;
  return false;
}

/** The real path of the nearest existing folder, followed by the rest of `path`. Absolute. */
async function resolveRealPlace(path: string): Promise<string> {
  const real = await realpath(path).catch(() => undefined);
  const above = dirname(path);
  return real ?? (above === path ? path : join(await resolveRealPlace(above), basename(path)));
}

/** The content of a regular file, or `undefined` if the file does not exist. */
export async function readTextFile(
  path: string,
  { followLinks = false }: { readonly followLinks?: boolean } = {},
): Promise<string | UnreadableFile | undefined> {
  let file: FileHandle;
  try {
    // Without O_NONBLOCK, opening a pipe would wait for its writer.
    const flags = mode.O_RDONLY | mode.O_NONBLOCK | (followLinks ? 0 : mode.O_NOFOLLOW);
    file = await open(path, flags);
  } catch (error) {
    return findReadFault(error);
  }
  try {
    const stats = await file.stat();
    if (!stats.isFile()) return { why: 'it is not a regular file' };
    const bytes = await readBounded(file);
    if (bytes === undefined) return tooLarge;
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return { why: 'it is not UTF-8 text' };
    return { why: (error as Error).message };
  } finally {
    await file.close();
  }
}

/** All bytes from the current position, or `undefined` if there is more than `maxFileBytes`. A device may never end. */
export async function readBounded(file: FileHandle): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of readChunks(file, maxSilence)) {
    total += chunk.length;
    if (total > maxFileBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const chunkBytes = 64 * 1024;
/** How long a pipe may have no writer before its first byte, and how long its writer may be silent, in milliseconds. */
const maxAbsence = 2_000;
const maxSilence = 30_000;
const pipeInterval = 20;

/**
 * The bytes from the current position. A pipe must have been opened with `O_NONBLOCK`. `silence`: how long its writer may
 * write nothing, in milliseconds.
 */
export async function* readChunks(file: FileHandle, silence: number): AsyncGenerator<Uint8Array> {
  const isPipe = (await file.stat()).isFIFO();
  let isFirst = true;
  let since = performance.now();
  for (;;) {
    const waited = performance.now() - since;
    const bytes = await readOnce(file);
    if (bytes !== undefined && bytes.length > 0) {
      yield bytes;
      [isFirst, since] = [false, performance.now()];
      continue;
    }
    if (bytes !== undefined && !(isPipe && isFirst)) return;
    if (bytes !== undefined && waited > maxAbsence) {
      throw new Error('it is a pipe, and nothing writes to it');
    }
    if (waited > silence) {
      throw new Error(`it is a pipe, and nothing was written to it for ${silence / 1_000} s`);
    }
    await delay(pipeInterval);
  }
}

/** `undefined` if nothing is there yet. */
async function readOnce(file: FileHandle): Promise<Uint8Array | undefined> {
  try {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return undefined;
    throw error;
  }
}

/** Why a file beyond `maxFileBytes` cannot be read. */
export const tooLarge: UnreadableFile = {
  why: `it is larger than ${maxFileBytes / 1024 / 1024} MiB`,
};

function createOutsideFault(root: string): UnreadableFile {
  const shown = relative('', root).split(sep).join('/');
  return {
    why: `it is outside the project folder \`${shown === '' ? '.' : shown}\``,
    help: 'move the file into the project, or allow its folder with `--allow-read DIR`',
  };
}

function findReadFault(error: unknown): UnreadableFile | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
  if (code === 'ELOOP') return { why: 'it is a symbolic link' };
  if (code === 'EACCES') return { why: 'permission is denied' };
  return { why: message };
}

/** Both are absolute. */
function hasPath(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

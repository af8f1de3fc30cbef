// Reads and writes files that only this user can have written. A file of another user, with permissions for others, or
// a symbolic link in its place counts as missing. Everything here may throw the errors of the file system.

import { randomBytes } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { expectPrivateFolder, StrangerError } from '@nhipol/service/private-folder';

const { O_CREAT, O_EXCL, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_RDONLY, O_WRONLY } = constants;
const permissionBits = 0o777;
const fileMode = 0o600;
const folderMode = 0o700;
/** The end of the name of a file that is being written. */
export const temporarySuffix = '.tmp';

/** Creates the folder with its parents if it does not exist. Returns whether only this user can have made it. */
export async function prepareOwnFolder(folder: string): Promise<boolean> {
  if (!isPrivate(folder)) return false;
  await makeFolder(folder);
  return isOwnFolder(folder);
}

/** Whether a folder exists, is not a link, and only this user can have made it or change what is in it. */
export async function isOwnFolder(folder: string): Promise<boolean> {
  const stats = await lstat(folder);
  return stats.isDirectory() && isOwn(stats, folderMode) && isPrivate(folder);
}

function isPrivate(folder: string): boolean {
  try {
    expectPrivateFolder(folder, 'where compiled policies are cached');
    return true;
  } catch (error) {
    if (error instanceof StrangerError) return false;
    throw error;
  }
}

/** One folder after the other: `recursive` does not end where the system creates none, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  const parent = dirname(folder);
  if (!(await exists(parent))) await makeFolder(parent);
  try {
    await mkdir(folder, { mode: folderMode });
  } catch (error) {
    // Another process may have made it by now.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** Whether there is a file with this name. */
export async function hasFile(path: string): Promise<boolean> {
  const stats = await lstat(path);
  return stats.isFile();
}

/** Reads a file, and marks it as used now. Returns `undefined` if it is not this user's own, or is too long. */
export async function readOwnFile(path: string, maxBytes: number): Promise<Buffer | undefined> {
  // A pipe would wait for its writer.
  const file = await open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile() || !isOwn(stats, fileMode) || stats.size > maxBytes) return undefined;
    const bytes = await file.readFile();
    await markUsed(file);
    return bytes;
  } finally {
    await file.close();
  }
}

/** The oldest files are removed first. */
async function markUsed(file: FileHandle): Promise<void> {
  const now = new Date();
  // A file system that is mounted read-only has no such times.
  await file.utimes(now, now).catch(() => {});
}

/** Writes a file under a temporary name. */
export type WriteBytes = (file: FileHandle, bytes: Uint8Array) => Promise<void>;

const writeBytes: WriteBytes = (file, bytes) => file.writeFile(bytes);

/**
 * Replaces a file, a link or a pipe in one step: a reader sees the old content or the new one. Two writers do not
 * share a temporary file.
 */
export async function replaceOwnFile(
  path: string,
  bytes: Uint8Array,
  write: WriteBytes = writeBytes,
): Promise<void> {
  const suffix = randomBytes(9).toString('base64url');
  const temporary = join(dirname(path), `${basename(path)}.${suffix}${temporarySuffix}`);
  const file = await open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, fileMode);
  try {
    await write(file, bytes).finally(() => file.close());
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function isOwn({ uid, mode }: Stats, expected: number): boolean {
  return uid === process.getuid?.() && (mode & permissionBits) === expected;
}

// Reads and writes files that the user names. Paths are relative to the working directory and use `/`. It does not load the
// language, which commands that need only modules do without.

import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { readBounded, readChunks, readTextFile, tooLarge } from '@nhipol/testing/node';
import type { Console } from './console.ts';
import { UsageError } from './exit-codes.ts';

/** Without `O_NONBLOCK`, opening a pipe would wait for its writer. */
const { O_NONBLOCK = 0, O_RDONLY } = constants;

/** Converts a path to the form of all messages, with `/` on every system. */
export function toSlashes(path: string): string {
  return path.split(sep).join('/');
}

export function isModule(bytes: Uint8Array): boolean {
  return [0x00, 0x61, 0x73, 0x6d].every((byte, index) => bytes[index] === byte);
}

/** Reads a file that the user names. It may be anywhere or a pipe, but the size limit applies. */
export async function readInput(path: string): Promise<Uint8Array> {
  let bytes: Uint8Array | undefined;
  try {
    const file = await open(path, O_RDONLY | O_NONBLOCK);
    bytes = await readBounded(file).finally(() => file.close());
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${describeError(error)}`);
  }
  if (bytes === undefined) throw new UsageError(`cannot read ${path}: ${tooLarge.why}`);
  return bytes;
}

export async function readInputText(path: string): Promise<string> {
  return decodeText(path, await readInput(path));
}

/** Reads a source from a file, or from standard input for `-`. */
export async function readSource(path: string, stdin: AsyncIterable<Uint8Array>): Promise<string> {
  if (path !== '-') return readInputText(path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(chunk);
  return decodeText('standard input', Buffer.concat(chunks));
}

export function decodeText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`cannot read ${path}: it is not UTF-8 text`);
  }
}

/** Returns the text of a file, or `undefined` if it is missing or cannot be read as text. */
export async function readIfThere(path: string): Promise<string | undefined> {
  const real = await realpath(path).catch(() => undefined);
  const text = real === undefined ? undefined : await readTextFile(real);
  return typeof text === 'string' ? text : undefined;
}

/** Opens a request as a stream of bytes. */
export async function openRequest(
  path: string,
  stdin: AsyncIterable<Uint8Array>,
): Promise<AsyncIterable<Uint8Array>> {
  return path === '-' ? stdin : openInputStream(path);
}

/** Opens a file of any length, or a pipe, as a stream of bytes. */
export async function openInputStream(path: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    const file = await open(path, O_RDONLY | O_NONBLOCK);
    const stats = await file.stat();
    if (stats.isDirectory()) {
      await file.close();
      throw Object.assign(new Error(), { code: 'EISDIR' });
    }
    return stats.isFile() ? file.createReadStream() : readBytes(path, file);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${describeError(error)}`);
  }
}

/** The writer of a pipe may be silent for any time, but there must be one. */
async function* readBytes(path: string, file: FileHandle): AsyncIterable<Uint8Array> {
  try {
    yield* readChunks(file, Number.POSITIVE_INFINITY);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${describeError(error)}`);
  } finally {
    await file.close();
  }
}

/**
 * Replaces the file in one step: a reader sees the old content or the new one, never a part. A file that exists keeps
 * its permissions, and a symbolic link stays a link. The temporary file next to it has a random name and is created
 * exclusively, so that nobody who may write to the folder can put a file or link in its place.
 */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const suffix = randomBytes(9).toString('base64url');
  const temporary = join(dirname(target), `.${basename(target)}.${suffix}.tmp`);
  let created = false;
  try {
    const old = await stat(target).catch(() => undefined);
    const file = await open(temporary, 'wx', old === undefined ? 0o666 : 0o600);
    created = true;
    try {
      await file.writeFile(content);
      if (old !== undefined) await file.chmod(old.mode);
    } finally {
      await file.close();
    }
    await rename(temporary, target);
  } catch (error) {
    if (created) await rm(temporary, { force: true });
    throw new UsageError(`cannot write ${path}: ${describeError(error)}`);
  }
}

/** Throws a UsageError if `output` is one of the input files, under any name or link. */
export async function refuseOverwriting(
  output: string | undefined,
  inputs: readonly string[],
): Promise<void> {
  if (output === undefined) return;
  const target = await identifyFile(output);
  for (const input of inputs) {
    if (target === undefined || target !== (await identifyFile(input))) continue;
    throw new UsageError(
      `${output} was not written: it is ${output === input ? 'an input of this command' : `the same file as the input ${input}`}`,
    );
  }
}

/** Identifies a file, or `undefined` if it does not exist. */
async function identifyFile(path: string): Promise<string | undefined> {
  const intStats = await stat(path, { bigint: true }).catch(() => undefined);
  return intStats && `${intStats.dev} ${intStats.ino}`;
}

/** Writes a result to a file, or to standard output if `path` is undefined. `inputs`: files that it must not replace. */
export async function writeOrPrint(
  path: string | undefined,
  text: string,
  console: Console,
  inputs: readonly string[] = [],
): Promise<void> {
  await refuseOverwriting(path, inputs);
  if (path === undefined) await console.out(text);
  else await writeAtomically(path, new TextEncoder().encode(text));
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

/** Whether something has this name, also a symbolic link that leads nowhere. */
export async function isTaken(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined)) !== undefined;
}

/** Creates a folder and its parents if they do not exist. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new UsageError(`cannot create the folder ${path}: ${describeError(error)}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or folder',
  EACCES: 'permission is denied',
  EPERM: 'it is not permitted',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
};

function describeError(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message;
}

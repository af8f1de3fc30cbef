// Files for the language, which opens none. Paths are relative to the working directory and use `/`.

import {
  chmod,
  mkdir,
  open,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, normalize, sep } from 'node:path';
import { type CheckedFiles, checkFiles as checkTexts } from '../language/check-files.ts';
import { type Measure, unmeasured } from '../language/index.ts';
import type { Console } from './console.ts';
import { UsageError } from './exit-codes.ts';

/** As all paths are told here, on every system. */
export function slashed(path: string): string {
  return path.split(sep).join('/');
}

/**
 * A missing entry file is a UsageError; any other is left to the checker, which reports it. `changed`:
 * texts that stand for those of the files.
 */
export async function checkFiles(
  path: string,
  changed: ReadonlyMap<string, string> = new Map(),
  measure: Measure = unmeasured,
): Promise<CheckedFiles> {
  const entry = slashed(normalize(path));
  const read = () => readText(entry);
  const text = changed.get(entry) ?? (await measure('read', read));
  return checkFrom(entry, text, changed, measure);
}

/** As `checkFiles`, with the entry's text at hand, and those of files that are not written yet. */
export async function checkFrom(
  entry: string,
  text: string,
  changed: ReadonlyMap<string, string> = new Map(),
  measure: Measure = unmeasured,
): Promise<CheckedFiles> {
  const read = async (path: string) =>
    changed.get(path) ?? (await measure('read', () => readIfThere(path)));
  return checkTexts(entry, text, read, measure);
}

export type PolicyFile =
  | { readonly kind: 'module'; readonly bytes: Uint8Array }
  | { readonly kind: 'source'; readonly checked: CheckedFiles };

/** A compiled policy or the source of one, told apart by how the file begins. */
export async function readPolicyOrModule(path: string): Promise<PolicyFile> {
  const entry = slashed(normalize(path));
  const bytes = await readInput(entry);
  if (isModule(bytes)) return { kind: 'module', bytes };
  if (entry.endsWith('.wasm')) throw new UsageError(`${entry} is not a WebAssembly module`);
  return { kind: 'source', checked: await checkFrom(entry, decodeText(entry, bytes)) };
}

function isModule(bytes: Uint8Array): boolean {
  return [0x00, 0x61, 0x73, 0x6d].every((byte, index) => bytes[index] === byte);
}

async function readInput(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

export async function readText(path: string): Promise<string> {
  return decodeText(path, await readInput(path));
}

/** A file's text, or that of standard input. */
export async function readSource(path: string, stdin: AsyncIterable<Uint8Array>): Promise<string> {
  if (path !== '-') return readText(path);
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin) chunks.push(chunk);
  return decodeText('standard input', Buffer.concat(chunks));
}

function decodeText(path: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`cannot read ${path}: it is not UTF-8 text`);
  }
}

/** undefined: it is not there, or is no text. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return decodeText(path, await readFile(path));
  } catch {
    return undefined;
  }
}

/** A request's bytes, piece by piece. */
export async function openRequest(
  path: string,
  stdin: AsyncIterable<Uint8Array>,
): Promise<AsyncIterable<Uint8Array>> {
  if (path === '-') return stdin;
  try {
    const file = await open(path);
    if ((await file.stat()).isDirectory()) {
      await file.close();
      throw Object.assign(new Error(), { code: 'EISDIR' });
    }
    return file.createReadStream();
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${reasonOf(error)}`);
  }
}

/**
 * Whoever reads `path` meanwhile finds the old content or the new one, and nothing in between. A
 * file that is there keeps its permissions, and a link to it stays a link.
 */
export async function writeAtomically(path: string, content: Uint8Array | string): Promise<void> {
  const target = await realpath(path).catch(() => path);
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  try {
    await writeFile(temporary, content);
    const old = await stat(target).catch(() => undefined);
    if (old !== undefined) await chmod(temporary, old.mode);
    await rename(temporary, target);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new UsageError(`cannot write ${path}: ${reasonOf(error)}`);
  }
}

/** A result to the file that was asked for, or else to standard output. */
export async function writeOrPrint(
  path: string | undefined,
  text: string,
  console: Console,
): Promise<void> {
  if (path === undefined) await console.out(text);
  else await writeAtomically(path, new TextEncoder().encode(text));
}

/** With the folders above it, where they are missing. */
export async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path, { recursive: true });
  } catch (error) {
    throw new UsageError(`cannot make the folder ${path}: ${reasonOf(error)}`);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission is denied',
  EPERM: 'it is not permitted',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of the path is not a folder',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space is left',
};

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return reasons[code ?? ''] ?? message;
}

// Reads the entry file of a policy, or a module. It does not load the language, see `check-policy.ts`.

import { normalize } from 'node:path';
import { projectReader } from '@nhipol/testing/node';
import { UsageError } from '../exit-codes.ts';
import { decodeText, isModule, readInput, toSlashes } from '../files.ts';
import { listReadableFolders } from './readable-folders.ts';

/** The entry file of a policy: its path in the form of all messages, and its text. */
export interface SourceFile {
  readonly entry: string;
  readonly text: string;
}

export type PolicyFile =
  | { readonly kind: 'module'; readonly bytes: Uint8Array }
  | ({ readonly kind: 'source' } & SourceFile);

/** Reads a module or the source of a policy, distinguished by the first bytes of the file. */
export async function readPolicyFile(path: string): Promise<PolicyFile> {
  const entry = normalizePath(path);
  const bytes = await readInput(entry);
  if (isModule(bytes)) return { kind: 'module', bytes };
  if (entry.endsWith('.wasm')) throw new UsageError(`${entry} is not a WebAssembly module`);
  return { kind: 'source', entry, text: decodeText(entry, bytes) };
}

/** Reads the source of a policy. Throws a UsageError if it cannot be read. */
export async function readSourceFile(path: string): Promise<SourceFile> {
  const entry = normalizePath(path);
  return { entry, text: decodeText(entry, await readInput(entry)) };
}

/** Returns a reader of the files that the policy names: the files of its project, and of folders that the user allows. */
export function createPolicyReader(entry: string) {
  return projectReader(entry, listReadableFolders());
}

export function normalizePath(path: string): string {
  return toSlashes(normalize(path));
}

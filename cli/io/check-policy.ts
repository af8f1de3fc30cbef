// Checks policies in files for the language, which does not access files: those of their project, and of folders that the
// user allows.

import { normalize } from 'node:path';
import { type CheckedFiles, checkFiles as checkTexts } from '@nhipol/language';
import { type Measure, noMeasure } from '@nhipol/language/support';
import { projectReader } from '@nhipol/testing/node';
import { UsageError } from './exit-codes.ts';
import { decodeText, isModule, readInput, readInputText, toSlashes } from './files.ts';
import { readableFolders } from './readable-folders.ts';

/**
 * Checks a policy. A missing entry file is a UsageError; the checker reports any other. `changed`: sources that replace
 * those of the files.
 */
export async function checkPolicyFiles(
  path: string,
  changed: ReadonlyMap<string, string> = new Map(),
  measure: Measure = noMeasure,
): Promise<CheckedFiles> {
  const entry = toSlashes(normalize(path));
  const read = () => readInputText(entry);
  const text = changed.get(entry) ?? (await measure('read', read));
  return checkEntryText(entry, text, changed, measure);
}

/** Checks a policy whose entry file is already read. */
export async function checkEntryText(
  entry: string,
  text: string,
  changed: ReadonlyMap<string, string> = new Map(),
  measure: Measure = noMeasure,
): Promise<CheckedFiles> {
  const readNamed = projectReader(entry, readableFolders());
  const read = async (path: string) =>
    changed.get(path) ?? (await measure('read', () => readNamed(path)));
  return checkTexts(entry, text, read, measure);
}

export type PolicyFile =
  | { readonly kind: 'module'; readonly bytes: Uint8Array }
  | { readonly kind: 'source'; readonly checked: CheckedFiles };

/** Reads a module or the source of a policy, distinguished by the first bytes of the file. */
export async function readPolicyOrModule(path: string): Promise<PolicyFile> {
  const entry = toSlashes(normalize(path));
  const bytes = await readInput(entry);
  if (isModule(bytes)) return { kind: 'module', bytes };
  if (entry.endsWith('.wasm')) throw new UsageError(`${entry} is not a WebAssembly module`);
  return { kind: 'source', checked: await checkEntryText(entry, decodeText(entry, bytes)) };
}

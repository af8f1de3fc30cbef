// Checks policies in files for the language, which does not access files: those of their project, and of folders that the
// user allows.

import { type CheckedFiles, checkFiles as checkTexts } from '@nhipol/language';
import { type Measure, skipMeasure } from '@nhipol/language/support';
import { readInputText } from '../files.ts';
import { createPolicyReader, normalizePath, readPolicyFile } from './policy-file.ts';

/**
 * Checks a policy. A missing entry file is a UsageError; the checker reports any other. `changed`: sources that replace
 * those of the files.
 */
export async function checkPolicyFiles(
  path: string,
  changed: ReadonlyMap<string, string> = new Map(),
  measure: Measure = skipMeasure,
): Promise<CheckedFiles> {
  const entry = normalizePath(path);
  const read = () => readInputText(entry);
  const text = changed.get(entry) ?? (await measure('read', read));
  return checkEntryText(entry, text, changed, measure);
}

/** Checks a policy whose entry file is already read. */
export async function checkEntryText(
  entry: string,
  text: string,
  changed: ReadonlyMap<string, string> = new Map(),
  measure: Measure = skipMeasure,
): Promise<CheckedFiles> {
  const readNamed = createPolicyReader(entry);
  const read = async (path: string) =>
    changed.get(path) ?? (await measure('read', () => readNamed(path)));
  return checkTexts(entry, text, read, measure);
}

export type CheckedPolicyFile =
  | { readonly kind: 'module'; readonly bytes: Uint8Array }
  | { readonly kind: 'source'; readonly checked: CheckedFiles };

/** Reads a module, or reads and checks the source of a policy. */
export async function readPolicyOrModule(path: string): Promise<CheckedPolicyFile> {
  const file = await readPolicyFile(path);
  if (file.kind === 'module') return file;
  return { kind: 'source', checked: await checkEntryText(file.entry, file.text) };
}

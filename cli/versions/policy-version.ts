// A version of a policy: the texts of all its files, or its module, and their digest. It is what a person confirms, and
// what a guard goes on with while another version waits. The file of reviewed tools has versions, too.

import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { CheckedFiles } from '@nhipol/language';
import { formatRelativePath } from '@nhipol/language/support';

export interface PolicyVersion {
  readonly digest: string;
  /** The path of the entry file in `files`. */
  readonly entry: string;
  /** Texts by path, relative to the folder of the entry file; of a module, its bytes in base64. */
  readonly files: Readonly<Record<string, string>>;
}

export function createPolicyVersion({
  entry,
  sources,
}: Pick<CheckedFiles, 'entry' | 'sources'>): PolicyVersion {
  const files = [...sources].map(
    ([path, text]) => [formatRelativePath(entry, path), text] as const,
  );
  return createVersion(formatRelativePath(entry, entry), files);
}

export function createModuleVersion(path: string, bytes: Uint8Array): PolicyVersion {
  const name = basename(path);
  return createVersion(name, [[name, Buffer.from(bytes).toString('base64')]]);
}

/** `text`: `undefined` if there is no file. */
export function createTextVersion(path: string, text: string | undefined): PolicyVersion {
  const name = basename(path);
  return createVersion(name, text === undefined ? [] : [[name, text]]);
}

/** The text of a version that `createTextVersion` made. */
export function getEntryText({ entry, files }: PolicyVersion): string | undefined {
  return files[entry];
}

function createVersion(
  entry: string,
  files: readonly (readonly [string, string])[],
): PolicyVersion {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const digest = createHash('sha256')
    .update(JSON.stringify([entry, sorted]))
    .digest('hex');
  return { digest: `sha-256:${digest}`, entry, files: Object.fromEntries(sorted) };
}

export function isModuleVersion({ entry }: PolicyVersion): boolean {
  return entry.endsWith('.wasm');
}

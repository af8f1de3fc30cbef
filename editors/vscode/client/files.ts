// Finds and reads files by the file systems of the editor, which may be remote or virtual, also for a language server that
// has no disk.

import type { ReadFileParams, ReadFileResult } from '@nhipol/language-server/protocol';
import { FileSystemError, Uri, workspace } from 'vscode';

export async function readFile({ uri }: ReadFileParams): Promise<ReadFileResult> {
  try {
    const bytes = await workspace.fs.readFile(Uri.parse(uri));
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch (error) {
    if (error instanceof TypeError) return { why: 'it is not UTF-8 text' };
    if (error instanceof FileSystemError && error.code === 'FileNotFound') return null;
    return { why: error instanceof Error ? error.message : String(error) };
  }
}

const header = /^\s*policy\s/m;

/** Whether a file is a policy; one without its header is a part of others. */
export const isPolicy = (text: string) => header.test(text);

/** The files of the language in the workspace with their texts; a file that cannot be read is empty. */
export async function readWorkspaceFiles(): Promise<readonly { uri: Uri; text: string }[]> {
  const files = await workspace.findFiles('**/*.nhipol', '**/node_modules/**');
  return Promise.all(files.map(async (uri) => ({ uri, text: await readDocumentText(uri) })));
}

export async function readDocumentText(uri: Uri): Promise<string> {
  const bytes = await workspace.fs.readFile(uri).then(undefined, () => new Uint8Array());
  return new TextDecoder().decode(bytes);
}

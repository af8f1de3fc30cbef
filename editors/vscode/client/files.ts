// Reads files for a language server that has no disk, by the file systems of the editor, which may be remote or virtual.

import { FileSystemError, Uri, workspace } from 'vscode';
import type { ReadFileParams, ReadFileResult } from '../../../language-server/protocol.ts';

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

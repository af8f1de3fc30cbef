// Implements `nhipol lsp`: connects the language server with an editor and with the files on the disk.

import { serve } from '../../../language-server/server.ts';
import { exitCode } from '../../io/exit-codes.ts';
import { readIfThere } from '../../io/files.ts';
import { version } from '../../io/version.ts';

/** A keystroke is followed by others within this time, in milliseconds. */
const delay = 50;

/** Resolves when the editor has closed the connection. */
export async function lspCommand(): Promise<number> {
  const { createConnection, ProposedFeatures } = await import('vscode-languageserver/node');
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  const ended = new Promise<void>((resolve) => {
    connection.onExit(resolve);
    process.stdin.once('close', resolve);
  });
  const host = { read: async (path: string) => readIfThere(path).catch(unreadable) };
  serve({ connection, host, version, delay, clock: () => BigInt(Date.now()) });
  await ended;
  return exitCode.fine;
}

function unreadable(error: Error) {
  return { why: error.message };
}

// Implements `nhipol lsp`: connects the language server with an editor and with the files on the disk.

import { rmSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve } from '@nhipol/language-server';
import { configSupport } from '../../config/editor-support.ts';
import { exitCode } from '../../io/exit-codes.ts';
import { readIfThere } from '../../io/files.ts';
import { resumeOptimization } from '../../io/optimization.ts';
import { version } from '../../io/version.ts';

/** Resolves when the editor has closed the connection. */
export async function lspCommand(): Promise<number> {
  const { createConnection, ProposedFeatures } = await import('vscode-languageserver/node');
  const connection = createConnection(ProposedFeatures.all, process.stdin, process.stdout);
  const ended = new Promise<void>((resolve) => {
    connection.onExit(resolve);
    process.stdin.once('close', resolve);
  });
  const read = async (path: string) => readIfThere(path).catch(reportUnreadable);
  const temporary = new TemporaryFiles();
  const writeDocument = (name: string, text: string) => temporary.write(name, text);
  const host = { read, writeDocument, config: configSupport };
  serve({ connection, host, version, clock: () => BigInt(Date.now()) });
  resumeOptimization();
  await ended;
  return exitCode.fine;
}

/** Temporary files that only this user can read: explanations contain facts of requests. */
class TemporaryFiles {
  #folder: string | undefined;

  async write(name: string, text: string): Promise<string> {
    this.#folder ??= await this.#createFolder();
    const path = join(this.#folder, name);
    await writeFile(path, text);
    return pathToFileURL(path).href;
  }

  /** The connection ends the process at once when the editor exits. */
  async #createFolder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'nhipol-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }
}

function reportUnreadable(error: Error) {
  return { why: error.message };
}

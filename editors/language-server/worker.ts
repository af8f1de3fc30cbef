// The language server in a web worker: speaks with the client by the messages of the worker, and requests the files that are
// not open from it.

import type { UnreadableFile } from '@nhipol/language';
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  type Connection,
  createConnection,
} from 'vscode-languageserver/browser';
import type { ConfigSupport } from './features/config-file.ts';
import { type ReadFileResult, readFileRequest } from './protocol.ts';
import { serve } from './server.ts';
import { convertPathToUri } from './uris.ts';

export interface WorkerOptions {
  /** Milliseconds. */
  readonly clock: () => bigint;
  /** Missing: nhipol.toml is left alone. */
  readonly config?: ConfigSupport;
}

export function serveInWorker({ clock, ...host }: WorkerOptions): void {
  const worker = globalThis as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
  const connection = createConnection(
    new BrowserMessageReader(worker),
    new BrowserMessageWriter(worker),
  );
  const read = (path: string) => readClientFile(connection, path);
  serve({ connection, host: { ...host, read }, clock });
}

async function readClientFile(
  client: Connection,
  path: string,
): Promise<string | UnreadableFile | undefined> {
  const params = { uri: convertPathToUri(path) };
  const result: ReadFileResult = await client
    .sendRequest(readFileRequest, params)
    .catch(() => null);
  if (result === null) return undefined;
  return 'text' in result ? result.text : result;
}

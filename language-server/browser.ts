// The entry of the language server for a web worker: speaks with the client by the messages of the worker, and requests the
// files that are not open from it.

import {
  BrowserMessageReader,
  BrowserMessageWriter,
  type Connection,
  createConnection,
} from 'vscode-languageserver/browser';
import type { Unreadable } from '../language/checker/load.ts';
import { type ReadFileResult, readFileRequest } from './protocol.ts';
import { serve } from './server.ts';
import { uriOf } from './uris.ts';

const worker = globalThis as unknown as ConstructorParameters<typeof BrowserMessageReader>[0];
const connection = createConnection(
  new BrowserMessageReader(worker),
  new BrowserMessageWriter(worker),
);
serve({
  connection,
  host: { read: (path) => readFrom(connection, path) },
  clock: () => BigInt(Date.now()),
});

async function readFrom(
  client: Connection,
  path: string,
): Promise<string | Unreadable | undefined> {
  const params = { uri: uriOf(path) };
  const result: ReadFileResult = await client
    .sendRequest(readFileRequest, params)
    .catch(() => null);
  if (result === null) return undefined;
  return 'text' in result ? result.text : result;
}

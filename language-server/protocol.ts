// The requests between client and server that the language server protocol does not have. Clients are written against
// these types: members may be added, and none changes its meaning.

import { RequestType } from 'vscode-languageserver';

/** Server to client: reads a file for a server that has no disk, such as one in a web worker. */
export const readFileRequest = new RequestType<ReadFileParams, ReadFileResult, void>(
  'nhipol/readFile',
);

export interface ReadFileParams {
  readonly uri: string;
}

/**
 * The text of the file; null: there is none; `why`: it exists and was not read, with a clause such as "it is not UTF-8
 * text". If a client does not know the request, there are only the open files.
 */
export type ReadFileResult = { readonly text: string } | { readonly why: string } | null;

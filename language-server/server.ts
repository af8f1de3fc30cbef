// The language server: takes a connection and the files of its host, and answers the requests of an editor. Each answer is
// computed from the analysis of a policy, which is kept until one of its files changes.

import {
  type Connection,
  type InitializeResult,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { Context } from './context.ts';
import { tokenModifiers, tokenTypes } from './features/semantic-tokens.ts';
import { Project, type ProjectHost } from './project.ts';
import { Publisher } from './publisher.ts';
import { answerDocumentRequests } from './requests/documents.ts';
import { answerPolicyRequests } from './requests/policies.ts';
import { pathOf } from './uris.ts';

export interface ServerOptions {
  readonly connection: Connection;
  readonly host: ProjectHost;
  readonly version?: string;
  /** For how long changes are collected before diagnostics are computed, in milliseconds. */
  readonly delay: number;
  /** The current time in milliseconds. */
  readonly clock: () => bigint;
}

export function serve({ connection, host, version, delay, clock }: ServerOptions): void {
  const project = new Project(host);
  const documents = new TextDocuments(TextDocument);
  const context = new Context({ connection, project, documents, clock });
  const publisher = new Publisher(context, delay);
  connection.onInitialize(() => ({
    serverInfo: { name: 'nhipol', ...(version === undefined ? {} : { version }) },
    capabilities,
  }));
  documents.onDidChangeContent(({ document }) => {
    context.open(document.uri, document.getText());
    publisher.schedule();
  });
  documents.onDidClose(({ document }) => {
    project.close(pathOf(document.uri));
    publisher.schedule();
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri } of changes) project.changed(pathOf(uri));
    publisher.schedule();
  });
  answerDocumentRequests(context);
  answerPolicyRequests(context, publisher);
  documents.listen(connection);
  connection.listen();
}

const capabilities: InitializeResult['capabilities'] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  hoverProvider: true,
  completionProvider: { triggerCharacters: ['.'] },
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  foldingRangeProvider: true,
  documentFormattingProvider: true,
  codeActionProvider: { codeActionKinds: ['quickfix'] },
  inlayHintProvider: true,
  semanticTokensProvider: {
    legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
    full: true,
  },
};

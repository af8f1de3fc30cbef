// The language server: takes a connection and the files of its host, and answers the requests of an editor. Each answer is
// computed from the analysis of a policy, which is kept until one of its files changes.

import {
  type ClientCapabilities,
  type Connection,
  DocumentFormattingRequest,
  type InitializeResult,
  type ServerCapabilities,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { ServerContext, type ServerHost } from './context.ts';
import { tokenModifiers, tokenTypes } from './features/semantic-tokens.ts';
import { commands, type InitializationOptions } from './protocol.ts';
import { Publisher } from './publisher.ts';
import { answerDocumentRequests } from './requests/documents.ts';
import { answerInlayHintRequests } from './requests/inlay-hints.ts';
import { answerLensRequests } from './requests/lenses.ts';
import { answerNameRequests } from './requests/names.ts';
import { answerPolicyRequests } from './requests/policies.ts';
import { convertUriToPath } from './uris.ts';

export interface LanguageServerOptions {
  readonly connection: Connection;
  readonly host: ServerHost;
  readonly version?: string;
  /** The current time in milliseconds. */
  readonly clock: () => bigint;
}

/** For how long changes are collected before diagnostics are computed, in milliseconds. */
const delay = 20;

export function serve({ connection, host, version, clock }: LanguageServerOptions): void {
  const documents = new TextDocuments(TextDocument);
  const context = new ServerContext({ connection, host, documents, clock });
  const { project } = context;
  const publisher = new Publisher(context, delay);
  connection.onInitialize(({ capabilities: client, initializationOptions }) => {
    context.client = client;
    return {
      serverInfo: { name: 'nhipol', ...(version === undefined ? {} : { version }) },
      capabilities: {
        ...capabilities,
        ...declareCommands(initializationOptions),
        documentFormattingProvider: !registersFormatting(client),
      },
    };
  });
  documents.onDidChangeContent(({ document }) => {
    context.open(document.uri, document.getText());
    publisher.schedule();
  });
  documents.onDidClose(({ document }) => {
    project.close(convertUriToPath(document.uri));
    publisher.schedule();
  });
  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri } of changes) project.noteChange(convertUriToPath(uri));
    publisher.schedule();
  });
  const readSettings = context.settings.follow(
    connection,
    () => context.client,
    () => {
      if (context.client.workspace?.inlayHint?.refreshSupport === true)
        void connection.languages.inlayHint.refresh();
      publisher.schedule();
    },
  );
  connection.onInitialized(() => {
    readSettings();
    if (!registersFormatting(context.client)) return;
    // JSON has formatters already, and with another one an editor would make its user choose.
    const { type } = DocumentFormattingRequest;
    const documentSelector = [{ language: 'nhipol' }];
    connection.client.register(type, { documentSelector }).catch(() => undefined);
  });
  answerDocumentRequests(context);
  answerInlayHintRequests(context);
  answerNameRequests(context);
  answerPolicyRequests(context, publisher);
  answerLensRequests(context, publisher);
  documents.listen(connection);
  connection.listen();
}

function registersFormatting({ textDocument }: ClientCapabilities): boolean {
  return textDocument?.formatting?.dynamicRegistration === true;
}

/** A client that carries out the commands itself registers them, too. */
function declareCommands(options: InitializationOptions | undefined): Partial<ServerCapabilities> {
  if (options?.commands === 'client') return {};
  return { executeCommandProvider: { commands: Object.values(commands) } };
}

const capabilities: InitializeResult['capabilities'] = {
  textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
  hoverProvider: true,
  completionProvider: { triggerCharacters: ['.'] },
  signatureHelpProvider: { triggerCharacters: ['(', ',', '{', ':'] },
  definitionProvider: true,
  referencesProvider: true,
  documentHighlightProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  workspaceSymbolProvider: true,
  callHierarchyProvider: true,
  codeLensProvider: { resolveProvider: true },
  foldingRangeProvider: true,
  codeActionProvider: { codeActionKinds: ['quickfix'] },
  inlayHintProvider: true,
  semanticTokensProvider: {
    legend: { tokenTypes: [...tokenTypes], tokenModifiers: [...tokenModifiers] },
    full: true,
  },
};

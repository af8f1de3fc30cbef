// The language server: takes a connection and the files of its host, and answers the requests of an editor. Each answer is
// computed by a feature from the analysis of a policy; nothing else is kept between requests.

import {
  type Connection,
  type InitializeResult,
  ResponseError,
  TextDocumentSyncKind,
  TextDocuments,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { format } from '../language/syntax/format/format.ts';
import type { PolicyAnalysis } from './analysis.ts';
import { completionsAt } from './features/completion.ts';
import { codeActions, diagnosticsIn } from './features/diagnostics.ts';
import { hoverAt } from './features/hover.ts';
import { inlayHintsIn } from './features/inlay-hints.ts';
import {
  definitionOf,
  highlightsOf,
  occurrenceAt,
  referencesTo,
  renamable,
  renamed,
} from './features/navigation.ts';
import { semanticTokensOf, tokenModifiers, tokenTypes } from './features/semantic-tokens.ts';
import { foldingOf, symbolsOf } from './features/structure.ts';
import { Positions } from './positions.ts';
import { Project, type ProjectHost } from './project.ts';
import { pathOf, uriOf } from './uris.ts';

export interface ServerOptions {
  readonly connection: Connection;
  readonly host: ProjectHost;
  readonly version?: string;
  /** For how long changes are collected before diagnostics are computed, in milliseconds. */
  readonly delay: number;
}

/** The error code of a request that cannot be carried out, such as an invalid name. */
const requestFailed = -32803;

export function serve(options: ServerOptions): void {
  new Server(options).listen();
}

/** A file in its analysis. */
interface Place {
  readonly analysis: PolicyAnalysis;
  readonly file: string;
  readonly positions: Positions;
}

class Server {
  readonly #options: ServerOptions;
  readonly #project: Project;
  readonly #documents = new TextDocuments(TextDocument);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The URIs of open files, as the client spells them. */
  readonly #uris = new Map<string, string>();
  /** The files that have diagnostics in the editor. */
  #reported = new Set<string>();

  constructor(options: ServerOptions) {
    this.#options = options;
    this.#project = new Project(options.host);
  }

  listen(): void {
    const { connection } = this.#options;
    connection.onInitialize(() => this.#capabilities);
    this.#documents.onDidChangeContent(({ document }) => {
      const path = pathOf(document.uri);
      this.#uris.set(path, document.uri);
      this.#project.open(path, document.getText());
      this.#schedule();
    });
    this.#documents.onDidClose(({ document }) => {
      this.#project.close(pathOf(document.uri));
      this.#schedule();
    });
    connection.onDidChangeWatchedFiles(({ changes }) => {
      for (const { uri } of changes) this.#project.changed(pathOf(uri));
      this.#schedule();
    });
    this.#answer();
    this.#documents.listen(connection);
    connection.listen();
  }

  get #capabilities(): InitializeResult {
    const { version } = this.#options;
    return {
      serverInfo: { name: 'nhipol', ...(version === undefined ? {} : { version }) },
      capabilities: {
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
      },
    };
  }

  #answer(): void {
    const { connection } = this.#options;
    connection.onHover(({ textDocument, position }) =>
      this.#at(textDocument.uri, ({ analysis, file, positions }) =>
        hoverAt(analysis, file, positions.offsetAt(file, position), positions),
      ),
    );
    connection.onCompletion(({ textDocument, position }) =>
      this.#at(textDocument.uri, ({ analysis, file, positions }) =>
        completionsAt(analysis, file, positions.offsetAt(file, position)),
      ),
    );
    connection.onDefinition(({ textDocument, position }) =>
      this.#named(textDocument.uri, position, (found, { positions }) =>
        definitionOf(found, positions),
      ),
    );
    connection.onReferences(({ textDocument, position, context }) =>
      this.#named(textDocument.uri, position, (found, { analysis, positions }) =>
        referencesTo(analysis, found, context.includeDeclaration, positions),
      ),
    );
    connection.onDocumentHighlight(({ textDocument, position }) =>
      this.#named(textDocument.uri, position, (found, { analysis, file, positions }) =>
        highlightsOf(analysis, found, file, positions),
      ),
    );
    connection.onPrepareRename(({ textDocument, position }) =>
      this.#named(textDocument.uri, position, (found, { positions }) =>
        renamable(found, positions),
      ),
    );
    connection.onRenameRequest(({ textDocument, position, newName }) =>
      this.#named(textDocument.uri, position, (found, { analysis, positions }) => {
        const changes = renamed(analysis, found, newName, positions);
        if (typeof changes === 'string') throw new ResponseError(requestFailed, changes);
        return { changes };
      }),
    );
    connection.onDocumentSymbol(({ textDocument }) =>
      this.#at(textDocument.uri, ({ analysis, file, positions }) => {
        const tree = analysis.files.get(file)?.node;
        return tree && symbolsOf(tree, positions);
      }),
    );
    connection.onFoldingRanges(({ textDocument }) =>
      this.#at(textDocument.uri, ({ analysis, file, positions }) => {
        const found = analysis.files.get(file);
        return found && foldingOf(found.node, found.text, positions);
      }),
    );
    connection.onCodeAction(({ textDocument, range }) =>
      this.#at(textDocument.uri, ({ analysis, file, positions }) =>
        codeActions(analysis, file, range, positions),
      ),
    );
    connection.onDocumentFormatting(({ textDocument }) => this.#formatted(textDocument.uri));
    connection.languages.inlayHint.on(({ textDocument, range }) =>
      this.#at(textDocument.uri, ({ analysis, file, positions }) =>
        inlayHintsIn(analysis, file, range, positions),
      ),
    );
    connection.languages.semanticTokens.on(
      async ({ textDocument }) =>
        (await this.#at(textDocument.uri, ({ analysis, file, positions }) =>
          semanticTokensOf(analysis, file, positions),
        )) ?? { data: [] },
    );
  }

  async #at<Result>(
    uri: string,
    answer: (place: Place) => Result | undefined,
  ): Promise<Result | null> {
    const file = pathOf(uri);
    const analysis = await this.#project.analysisFor(file);
    if (analysis === undefined) return null;
    return answer({ analysis, file, positions: this.#positionsIn(analysis) }) ?? null;
  }

  #positionsIn({ sources }: PolicyAnalysis): Positions {
    return new Positions(sources, this.#uris);
  }

  #named<Result>(
    uri: string,
    position: { readonly line: number; readonly character: number },
    answer: (
      found: NonNullable<ReturnType<typeof occurrenceAt>>,
      place: Place,
    ) => Result | undefined,
  ): Promise<Result | null> {
    return this.#at(uri, (place) => {
      const { analysis, file, positions } = place;
      const found = occurrenceAt(analysis, file, positions.offsetAt(file, position));
      return found && answer(found, place);
    });
  }

  /** A file with syntax errors stays as it is. */
  #formatted(uri: string) {
    const document = this.#documents.get(uri);
    if (document === undefined) return null;
    const { text } = format(pathOf(uri), document.getText());
    if (text === undefined || text === document.getText()) return [];
    const end = document.positionAt(document.getText().length);
    return [{ range: { start: { line: 0, character: 0 }, end }, newText: text }];
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#report(), this.#options.delay);
  }

  /** Sends the diagnostics of all files of open policies, and removes those of others. */
  async #report(): Promise<void> {
    const { connection } = this.#options;
    const reported = new Set<string>();
    for (const path of this.#project.openPaths) {
      const analysis = await this.#project.analysisFor(path);
      if (analysis === undefined) continue;
      const positions = this.#positionsIn(analysis);
      const withErrors = analysis.diagnostics.map(({ span }) => span.file);
      for (const file of new Set([path, ...withErrors])) {
        if (reported.has(file) || !analysis.sources.has(file)) continue;
        reported.add(file);
        const uri = positions.uriOf(file);
        const version = this.#documents.get(uri)?.version;
        void connection.sendDiagnostics({
          uri,
          ...(version === undefined ? {} : { version }),
          diagnostics: diagnosticsIn(analysis, file, positions),
        });
      }
    }
    for (const file of this.#reported) {
      if (!reported.has(file)) {
        const uri = this.#uris.get(file) ?? uriOf(file);
        void connection.sendDiagnostics({ uri, diagnostics: [] });
      }
    }
    this.#reported = reported;
  }
}

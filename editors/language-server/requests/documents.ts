// Answers the requests of the protocol about a document: each by a feature, from the analysis of its policy.

import type { Position } from 'vscode-languageserver';
import type { ServerContext } from '../context.ts';
import { listCompletions } from '../features/completion.ts';
import {
  type ConfigSupport,
  hoverInConfig,
  isConfig,
  listConfigCompletions,
} from '../features/config-file.ts';
import { listCodeActions } from '../features/diagnostics.ts';
import { findHover } from '../features/hover.ts';
import { hoverInRequest, listRequestCompletions } from '../features/request-files.ts';
import { collectSemanticTokens } from '../features/semantic-tokens.ts';
import { findSignature } from '../features/signature-help.ts';
import { listFoldingRanges, listSymbols } from '../features/structure.ts';
import { DocumentPositions } from '../positions.ts';
import { isJson } from '../project.ts';
import { answerInRequestFile } from '../request-file.ts';
import { convertUriToPath } from '../uris.ts';

export function answerDocumentRequests(context: ServerContext): void {
  const { connection } = context;
  connection.onHover(({ textDocument, position }) => {
    const path = convertUriToPath(textDocument.uri);
    if (isJson(path)) return answerInRequestFile(context, path, position, hoverInRequest);
    if (isConfig(path)) return answerInConfig(context, path, position, hoverInConfig);
    return context.at(textDocument.uri, ({ analysis, file, positions }) =>
      findHover(analysis, file, positions.toOffset(file, position), positions),
    );
  });
  connection.onCompletion(async ({ textDocument, position }) => {
    const file = convertUriToPath(textDocument.uri);
    if (isJson(file)) return answerInRequestFile(context, file, position, listRequestCompletions);
    if (isConfig(file)) return answerInConfig(context, file, position, listConfigCompletions);
    // An analysis of an earlier text is enough, so that the answer does not wait for the current one.
    const latestAnalysis =
      context.project.findLatestAnalysis(file) ?? (await context.project.analyzeFile(file));
    if (latestAnalysis === undefined) return null;
    const sources = context.project.currentSources(latestAnalysis);
    return listCompletions(
      latestAnalysis,
      sources,
      file,
      new DocumentPositions(sources).toOffset(file, position),
    );
  });
  connection.onDocumentSymbol(({ textDocument }) =>
    context.at(textDocument.uri, ({ analysis, file, positions }) => {
      const tree = analysis.files.get(file)?.node;
      return tree && listSymbols(tree, positions);
    }),
  );
  connection.onSignatureHelp(({ textDocument, position }) =>
    context.at(textDocument.uri, ({ analysis, file, positions }) =>
      findSignature(analysis, file, positions.toOffset(file, position)),
    ),
  );
  connection.onFoldingRanges(({ textDocument }) =>
    context.at(textDocument.uri, ({ analysis, file, positions }) => {
      const storedFile = analysis.files.get(file);
      return storedFile && listFoldingRanges(storedFile.node, storedFile.text, positions);
    }),
  );
  connection.onCodeAction(({ textDocument, range }) =>
    context.at(textDocument.uri, ({ analysis, file, positions }) =>
      listCodeActions(analysis, file, range, positions),
    ),
  );
  connection.onDocumentFormatting(({ textDocument }) => formatDocument(context, textDocument.uri));
  connection.languages.semanticTokens.on(
    async ({ textDocument }) =>
      (await context.at(textDocument.uri, ({ analysis, file, positions }) =>
        collectSemanticTokens(analysis, file, positions),
      )) ?? { data: [] },
  );
}

/** A file with syntax errors stays as it is. The formatter is loaded for the first one. */
async function formatDocument({ documents }: ServerContext, uri: string) {
  const { format } = await import('@nhipol/language/format');
  const document = documents.get(uri);
  if (document === undefined) return null;
  const { text } = format(convertUriToPath(uri), document.getText());
  if (text === undefined || text === document.getText()) return [];
  const end = document.positionAt(document.getText().length);
  return [{ range: { start: { line: 0, character: 0 }, end }, newText: text }];
}

function answerInConfig<Result>(
  { host: { config }, project }: ServerContext,
  path: string,
  position: Position,
  answer: (config: ConfigSupport, text: string, position: Position) => Result | undefined,
): Result | null {
  const text = project.getOpenText(path);
  return config === undefined || text === undefined
    ? null
    : (answer(config, text, position) ?? null);
}

// Answers the requests about names: where they are declared and used, their new name, who calls them, and which symbols
// the open policies have.

import { LSPErrorCodes, ResponseError, type SymbolInformation } from 'vscode-languageserver';
import type { AnalyzedFile, ServerContext } from '../context.ts';
import {
  type CallData,
  listCallItems,
  listIncomingCalls,
  listOutgoingCalls,
} from '../features/call-hierarchy.ts';
import {
  findDefinition,
  findOccurrence,
  findRenamable,
  listHighlights,
  listReferences,
  renameOccurrences,
} from '../features/navigation.ts';
import { listMatchingSymbols } from '../features/structure.ts';
import type { Target } from '../index/occurrences.ts';

export function answerNameRequests(context: ServerContext): void {
  const { connection } = context;
  connection.onDefinition(({ textDocument, position }) =>
    context.findAtName(textDocument.uri, position, (occurrence, { positions }) =>
      findDefinition(occurrence, positions),
    ),
  );
  connection.onReferences(({ textDocument, position, context: { includeDeclaration } }) =>
    context.findAtName(textDocument.uri, position, (occurrence, { analysis, positions }) =>
      listReferences(analysis, occurrence, includeDeclaration, positions),
    ),
  );
  connection.onDocumentHighlight(({ textDocument, position }) =>
    context.findAtName(textDocument.uri, position, (occurrence, { analysis, file, positions }) =>
      listHighlights(analysis, occurrence, file, positions),
    ),
  );
  connection.onPrepareRename(({ textDocument, position }) =>
    context.findAtName(textDocument.uri, position, (occurrence, { positions }) =>
      findRenamable(occurrence, positions),
    ),
  );
  connection.onRenameRequest(({ textDocument, position, newName }) =>
    context.findAtName(textDocument.uri, position, (occurrence, { analysis, positions }) => {
      const changes = renameOccurrences(analysis, occurrence, newName, positions);
      if (typeof changes === 'string')
        throw new ResponseError(LSPErrorCodes.RequestFailed, changes);
      return { changes };
    }),
  );
  connection.languages.callHierarchy.onPrepare(({ textDocument, position }) =>
    context.findAtName(textDocument.uri, position, (occurrence, { analysis, positions }) =>
      listCallItems(analysis, occurrence, positions),
    ),
  );
  connection.languages.callHierarchy.onIncomingCalls(({ item }) =>
    listCalls(context, item.data, (target, { analysis, positions }) =>
      listIncomingCalls(analysis, target, positions),
    ),
  );
  connection.languages.callHierarchy.onOutgoingCalls(({ item }) =>
    listCalls(context, item.data, (target, { analysis, positions }) =>
      listOutgoingCalls(analysis, target, positions),
    ),
  );
  connection.onWorkspaceSymbol(async ({ query }) => {
    const found = new Map<string, SymbolInformation>();
    for (const path of context.project.openPaths) {
      const symbols = await context.at(context.toUri(path), ({ analysis, positions }) =>
        listMatchingSymbols(analysis, query, positions),
      );
      for (const symbol of symbols ?? []) found.set(JSON.stringify(symbol.location), symbol);
    }
    return [...found.values()];
  });
}

/** The calls of the item of a call hierarchy, which has the place of its name as data. */
function listCalls<Result>(
  context: ServerContext,
  { entry, file, offset }: CallData,
  find: (target: Target, place: AnalyzedFile) => Result,
): Promise<Result | null> {
  return context.at(context.toUri(entry), (place) => {
    const occurrence = findOccurrence(place.analysis, file, offset);
    return occurrence && find(occurrence.target, place);
  });
}

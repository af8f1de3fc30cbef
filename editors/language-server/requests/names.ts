// Answers the requests about names: where they are declared and used, their new name, who calls them, and which symbols
// the open policies have.

import { LSPErrorCodes, ResponseError, type SymbolInformation } from 'vscode-languageserver';
import type { Context, Place } from '../context.ts';
import {
  type CallData,
  callItemsAt,
  incomingCalls,
  outgoingCalls,
} from '../features/call-hierarchy.ts';
import {
  definitionOf,
  highlightsOf,
  occurrenceAt,
  referencesTo,
  renamable,
  renamed,
} from '../features/navigation.ts';
import { symbolsMatching } from '../features/structure.ts';
import type { Target } from '../index/occurrences.ts';

export function answerNameRequests(context: Context): void {
  const { connection } = context;
  connection.onDefinition(({ textDocument, position }) =>
    context.named(textDocument.uri, position, (found, { positions }) =>
      definitionOf(found, positions),
    ),
  );
  connection.onReferences(({ textDocument, position, context: { includeDeclaration } }) =>
    context.named(textDocument.uri, position, (found, { analysis, positions }) =>
      referencesTo(analysis, found, includeDeclaration, positions),
    ),
  );
  connection.onDocumentHighlight(({ textDocument, position }) =>
    context.named(textDocument.uri, position, (found, { analysis, file, positions }) =>
      highlightsOf(analysis, found, file, positions),
    ),
  );
  connection.onPrepareRename(({ textDocument, position }) =>
    context.named(textDocument.uri, position, (found, { positions }) =>
      renamable(found, positions),
    ),
  );
  connection.onRenameRequest(({ textDocument, position, newName }) =>
    context.named(textDocument.uri, position, (found, { analysis, positions }) => {
      const changes = renamed(analysis, found, newName, positions);
      if (typeof changes === 'string')
        throw new ResponseError(LSPErrorCodes.RequestFailed, changes);
      return { changes };
    }),
  );
  connection.languages.callHierarchy.onPrepare(({ textDocument, position }) =>
    context.named(textDocument.uri, position, (found, { analysis, positions }) =>
      callItemsAt(analysis, found, positions),
    ),
  );
  connection.languages.callHierarchy.onIncomingCalls(({ item }) =>
    calls(context, item.data, (target, { analysis, positions }) =>
      incomingCalls(analysis, target, positions),
    ),
  );
  connection.languages.callHierarchy.onOutgoingCalls(({ item }) =>
    calls(context, item.data, (target, { analysis, positions }) =>
      outgoingCalls(analysis, target, positions),
    ),
  );
  connection.onWorkspaceSymbol(async ({ query }) => {
    const found = new Map<string, SymbolInformation>();
    for (const path of context.project.openPaths) {
      const symbols = await context.at(context.uriOf(path), ({ analysis, positions }) =>
        symbolsMatching(analysis, query, positions),
      );
      for (const symbol of symbols ?? []) found.set(JSON.stringify(symbol.location), symbol);
    }
    return [...found.values()];
  });
}

/** The calls of the item of a call hierarchy, which has the place of its name as data. */
function calls<Result>(
  context: Context,
  { entry, file, offset }: CallData,
  find: (target: Target, place: Place) => Result,
): Promise<Result | null> {
  return context.at(context.uriOf(entry), (place) => {
    const found = occurrenceAt(place.analysis, file, offset);
    return found && find(found.target, place);
  });
}

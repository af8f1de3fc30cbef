// Converts the positions of the language server protocol to those of the editor.

import { Location, Range, Uri } from 'vscode';
import type * as lsp from 'vscode-languageclient';

export function toRange({ start, end }: lsp.Range): Range {
  return new Range(start.line, start.character, end.line, end.character);
}

export function toLocation(uri: string, range: lsp.Range): Location {
  return new Location(Uri.parse(uri), toRange(range));
}

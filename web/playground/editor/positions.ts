// Positions of the language server protocol in a document of CodeMirror; both count UTF-16 code units.

import type { Text } from '@codemirror/state';
import type { Position } from 'vscode-languageserver';

export function toDocOffset(doc: Text, { line, character }: Position): number {
  if (line >= doc.lines) return doc.length;
  const { from, length } = doc.line(line + 1);
  return from + Math.min(character, length);
}

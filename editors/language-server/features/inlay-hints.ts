// Inlay hints: the type of each `let` and constant, as it was inferred.

import { type AstNode, listChildren } from '@nhipol/language/syntax';
import { typeName } from '@nhipol/language/types';
import { type InlayHint, InlayHintKind, type Range } from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import type { DocumentPositions } from '../positions.ts';

export function listTypeHints(
  { files, types }: PolicyAnalysis,
  file: string,
  range: Range,
  positions: DocumentPositions,
): InlayHint[] {
  const tree = files.get(file)?.node;
  if (tree === undefined) return [];
  const [start, end] = [positions.toOffset(file, range.start), positions.toOffset(file, range.end)];
  const hints: InlayHint[] = [];
  const visit = (node: AstNode) => {
    if (node.span.end < start || end < node.span.start) return;
    if (node.kind === 'Let' || node.kind === 'Const') {
      const type = types.get(node.value)?.type;
      if (type !== undefined && type.kind !== 'Record') {
        hints.push({
          position: positions.toRange(node.name.span).end,
          label: `: ${typeName(type)}`,
          kind: InlayHintKind.Type,
        });
      }
    }
    for (const child of listChildren(node)) visit(child);
  };
  visit(tree);
  return hints;
}

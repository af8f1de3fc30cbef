// Inlay hints: the type of each `let` and constant, as it was inferred.

import { type AstNode, childrenOf } from '@nhipol/language/syntax';
import { typeName } from '@nhipol/language/types';
import { type InlayHint, InlayHintKind, type Range } from 'vscode-languageserver';
import type { PolicyAnalysis } from '../analysis.ts';
import type { Positions } from '../positions.ts';

export function inlayHintsIn(
  { files, types }: PolicyAnalysis,
  file: string,
  range: Range,
  positions: Positions,
): InlayHint[] {
  const tree = files.get(file)?.node;
  if (tree === undefined) return [];
  const [start, end] = [positions.offsetAt(file, range.start), positions.offsetAt(file, range.end)];
  const hints: InlayHint[] = [];
  const visit = (node: AstNode) => {
    if (node.span.end < start || end < node.span.start) return;
    if (node.kind === 'Let' || node.kind === 'Const') {
      const type = types.get(node.value)?.type;
      if (type !== undefined && type.kind !== 'Record') {
        hints.push({
          position: positions.rangeOf(node.name.span).end,
          label: `: ${typeName(type)}`,
          kind: InlayHintKind.Type,
        });
      }
    }
    for (const child of childrenOf(node)) visit(child);
  };
  visit(tree);
  return hints;
}

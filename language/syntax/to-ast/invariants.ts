// Converts invariants.

import type { InvariantNode } from '../ast.ts';
import type { InvariantDeclarationCstNode } from '../cst.generated.ts';
import {
  findPart,
  getNodeSpan,
  type ParsedSource,
  refuseBroken,
  requirePart,
  toNameList,
  toScopeList,
  toText,
} from './cst.ts';
import { toExpr } from './expressions.ts';

export function toInvariant(
  source: ParsedSource,
  node: InvariantDeclarationCstNode,
): InvariantNode {
  refuseBroken(source, node);
  const { Text, subjects, actions, resources, expression } = node.children;
  return {
    kind: 'Invariant',
    span: getNodeSpan(source, node),
    name: toText(source, requirePart(Text)),
    subjects: toNameList(source, requirePart(subjects)),
    actions: toScopeList(source, findPart(actions)),
    resources: toScopeList(source, findPart(resources)),
    claim: toExpr(source, requirePart(expression)),
  };
}

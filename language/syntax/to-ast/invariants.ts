// Converts invariants.

import type { InvariantNode } from '../ast.ts';
import type { InvariantDeclarationCstNode } from '../cst.generated.ts';
import {
  nodeSpan,
  only,
  optional,
  refuseBroken,
  type Source,
  toNameList,
  toScopeList,
  toText,
} from './cst.ts';
import { toExpr } from './expressions.ts';

export function toInvariant(source: Source, node: InvariantDeclarationCstNode): InvariantNode {
  refuseBroken(source, node);
  const { Text, subjects, actions, resources, expression } = node.children;
  return {
    kind: 'Invariant',
    span: nodeSpan(source, node),
    name: toText(source, only(Text)),
    subjects: toNameList(source, only(subjects)),
    actions: toScopeList(source, optional(actions)),
    resources: toScopeList(source, optional(resources)),
    claim: toExpr(source, only(expression)),
  };
}

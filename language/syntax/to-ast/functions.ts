// Converts predicates, functions, `let` and `where`.

import type { FunctionNode, LetNode } from '../ast.ts';
import type {
  BindingCstNode,
  FunctionDeclarationCstNode,
  LetItemCstNode,
  WhereClauseCstNode,
} from '../cst.generated.ts';
import {
  findPart,
  getNodeSpan,
  type ParsedSource,
  readCommaList,
  refuseBroken,
  requirePart,
  requireWhole,
  toName,
} from './cst.ts';
import { toType } from './declarations.ts';
import { toExpr } from './expressions.ts';

export function toFunction(source: ParsedSource, node: FunctionDeclarationCstNode): FunctionNode {
  refuseBroken(source, node);
  const { Word, parameters, typeReference, expression } = node.children;
  const { parameter, Comma } = requirePart(parameters).children;
  const result = findPart(typeReference);
  return {
    kind: 'Function',
    span: getNodeSpan(source, node),
    name: toName(source, requirePart(Word)),
    parameters: readCommaList(source, parameter, Comma).map((part) => ({
      kind: 'Parameter',
      span: getNodeSpan(source, part),
      name: toName(source, requirePart(part.children.Word)),
      type: toType(source, requirePart(part.children.typeReference)),
    })),
    result: result && toType(source, result),
    body: toExpr(source, requirePart(expression)),
  };
}

export function toLet(source: ParsedSource, node: LetItemCstNode): LetNode {
  refuseBroken(source, node);
  return {
    ...toBinding(source, requirePart(node.children.binding)),
    span: getNodeSpan(source, node),
  };
}

function toBinding(source: ParsedSource, node: BindingCstNode): LetNode {
  return {
    kind: 'Let',
    span: getNodeSpan(source, node),
    name: toName(source, requirePart(node.children.Word)),
    value: toExpr(source, requirePart(node.children.expression)),
  };
}

export function toWhere(
  source: ParsedSource,
  node: WhereClauseCstNode | undefined,
): readonly LetNode[] {
  return requireWhole(node?.children.binding).map((binding) => toBinding(source, binding));
}

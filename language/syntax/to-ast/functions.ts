// Converts predicates, functions, `let` and `where`.

import type { FunctionNode, LetNode } from '../ast.ts';
import type {
  BindingCstNode,
  FunctionDeclarationCstNode,
  LetItemCstNode,
  WhereClauseCstNode,
} from '../cst.generated.ts';
import {
  nodeSpan,
  only,
  optional,
  refuseBroken,
  type Source,
  separated,
  toName,
  whole,
} from './cst.ts';
import { toType } from './declarations.ts';
import { toExpr } from './expressions.ts';

export function toFunction(source: Source, node: FunctionDeclarationCstNode): FunctionNode {
  refuseBroken(source, node);
  const { Word, parameters, typeReference, expression } = node.children;
  const { parameter, Comma } = only(parameters).children;
  const result = optional(typeReference);
  return {
    kind: 'Function',
    span: nodeSpan(source, node),
    name: toName(source, only(Word)),
    parameters: separated(source, parameter, Comma).map((part) => ({
      kind: 'Parameter',
      span: nodeSpan(source, part),
      name: toName(source, only(part.children.Word)),
      type: toType(source, only(part.children.typeReference)),
    })),
    result: result && toType(source, result),
    body: toExpr(source, only(expression)),
  };
}

export function toLet(source: Source, node: LetItemCstNode): LetNode {
  refuseBroken(source, node);
  return { ...toBinding(source, only(node.children.binding)), span: nodeSpan(source, node) };
}

function toBinding(source: Source, node: BindingCstNode): LetNode {
  return {
    kind: 'Let',
    span: nodeSpan(source, node),
    name: toName(source, only(node.children.Word)),
    value: toExpr(source, only(node.children.expression)),
  };
}

export function toWhere(source: Source, node: WhereClauseCstNode | undefined): readonly LetNode[] {
  return whole(node?.children.binding).map((binding) => toBinding(source, binding));
}

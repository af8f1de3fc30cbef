// Finds the declaration that gives an expression its type, to show it with a type error.

import type { Related } from '../../diagnostics/diagnostics.ts';
import type { Expr } from '../../model/model.ts';
import type { ExprNode } from '../../syntax/ast.ts';
import { type Type, typeName } from '../../types/types.ts';
import type { Context, DeclarationNode } from '../context.ts';
import { asRead } from './parts.ts';

/** The member that it reads, the table that it looks up, or the declaration that it names. */
export function typedBy(context: Context, node: ExprNode, expr: Expr): readonly Related[] {
  const declaredAs = (name: string, span: Related['span'], type: Type): readonly Related[] => [
    { span, message: `\`${name}\` is declared here as ${shownType(type)}` },
  ];
  const member = asRead(expr)?.members.at(-1);
  if (member !== undefined) return declaredAs(member.name, member.span, member.type);
  if (expr.kind === 'Lookup') return declaredAs(expr.table.name, expr.table.span, expr.type);
  if (expr.kind === 'Binding')
    return declaredAs(expr.binding.name, bindingSpan(context, node, expr), expr.type);
  const declared = declarationOf(context, node);
  return declared?.kind === 'Const'
    ? declaredAs(declared.name.text, declared.name.span, expr.type)
    : [];
}

/** A call is bound at its own position, but declared elsewhere. */
function bindingSpan(
  context: Context,
  node: ExprNode,
  { binding }: Extract<Expr, { readonly kind: 'Binding' }>,
): Related['span'] {
  const declared = node.kind === 'Call' ? declarationOf(context, node) : undefined;
  return declared?.name.span ?? binding.span;
}

function declarationOf(context: Context, node: ExprNode): DeclarationNode | undefined {
  if (node.kind === 'Call') return context.find(node.callee.text, node.span.file);
  return node.kind === 'Reference' ? context.find(node.name, node.span.file) : undefined;
}

function shownType(type: Type): string {
  return type.kind === 'Record' ? 'a record' : `\`${typeName(type)}\``;
}

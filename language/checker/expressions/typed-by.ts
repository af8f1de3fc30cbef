// Finds the declaration that gives an expression its type, to show it with a type error.

import type { Related } from '../../diagnostics/diagnostics.ts';
import type { Expr } from '../../model/model.ts';
import type { ExprNode } from '../../syntax/ast.ts';
import { type Type, typeName } from '../../types/types.ts';
import type { Context, DeclarationNode } from '../context.ts';
import { asRead } from './parts.ts';

/** The member that it reads, the table that it looks up, or the declaration that it names. */
export function relateType(context: Context, node: ExprNode, expr: Expr): readonly Related[] {
  const relateDeclaredType = (
    name: string,
    span: Related['span'],
    type: Type,
  ): readonly Related[] => [
    { span, message: `\`${name}\` is declared here as ${formatType(type)}` },
  ];
  const member = asRead(expr)?.members.at(-1);
  if (member !== undefined) return relateDeclaredType(member.name, member.span, member.type);
  if (expr.kind === 'Lookup')
    return relateDeclaredType(expr.table.name, expr.table.span, expr.type);
  if (expr.kind === 'Binding')
    return relateDeclaredType(expr.binding.name, findBindingSpan(context, node, expr), expr.type);
  const declared = findDeclaration(context, node);
  return declared?.kind === 'Const'
    ? relateDeclaredType(declared.name.text, declared.name.span, expr.type)
    : [];
}

/** A call is bound at its own position, but declared elsewhere. */
function findBindingSpan(
  context: Context,
  node: ExprNode,
  { binding }: Extract<Expr, { readonly kind: 'Binding' }>,
): Related['span'] {
  const declared = node.kind === 'Call' ? findDeclaration(context, node) : undefined;
  return declared?.name.span ?? binding.span;
}

function findDeclaration(context: Context, node: ExprNode): DeclarationNode | undefined {
  if (node.kind === 'Call') return context.find(node.callee.text, node.span.file);
  return node.kind === 'Reference' ? context.find(node.name, node.span.file) : undefined;
}

function formatType(type: Type): string {
  return type.kind === 'Record' ? 'a record' : `\`${typeName(type)}\``;
}

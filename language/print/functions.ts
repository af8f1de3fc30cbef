// Predicates, functions and `let`s as source text.

import type { FunctionNode, LetNode } from '../ast.ts';
import { printType } from './declarations.ts';
import { printChain, printExpr } from './expressions.ts';
import { lineWidth } from './literals.ts';

/** Too wide a body begins on a line of its own, and breaks at its `and`s or `or`s. */
export function printFunction(node: FunctionNode): string {
  const parameters = node.parameters.map(
    ({ name, type }) => `${name.text}: ${printType(type, '', 0)}`,
  );
  const result = node.result === undefined ? '' : `: ${printType(node.result, '', 0)}`;
  const keyword = node.result === undefined ? 'predicate' : 'function';
  const head = `${keyword} ${node.name.text}(${parameters.join(', ')})${result} =`;
  const inline = `${head} ${printExpr(node.body)}`;
  return inline.length <= lineWidth ? inline : `${head}\n  ${printChain(node.body).join('\n  ')}`;
}

export function printLet(node: LetNode): string {
  return `let ${printBinding(node)}`;
}

export function printBinding({ name, value }: LetNode): string {
  return `${name.text} = ${printExpr(value)}`;
}

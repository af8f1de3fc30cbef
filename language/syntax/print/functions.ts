// Prints predicates, functions and `let`.

import type { FunctionNode, LetNode } from '../ast.ts';
import { printType } from './declarations.ts';
import { type Doc, group, indent, line, printBrackets } from './docs.ts';
import { printChain, printValue } from './expressions.ts';
import type { Original } from './original.ts';

/** Prints a function; a body that is too wide begins on a new line and breaks at `and` or `or`. */
export function printFunction(node: FunctionNode, original: Original): Doc {
  const parameters = node.parameters.map(({ name, type }) => [
    name.text,
    ': ',
    printType(type, original),
  ]);
  const keyword = node.result === undefined ? 'predicate' : 'function';
  return group([
    `${keyword} ${node.name.text}`,
    printBrackets('(', parameters),
    node.result === undefined ? '' : [': ', printType(node.result, original)],
    ' =',
    indent([line, printChain(node.body, original)]),
  ]);
}

export function printLet(node: LetNode, original: Original): Doc {
  return ['let ', printBinding(node, original)];
}

/** Prints a binding; a chain that is too wide continues on indented lines. */
export function printBinding({ name, value }: LetNode, original: Original): Doc {
  return [`${name.text} = `, printValue(value, original)];
}

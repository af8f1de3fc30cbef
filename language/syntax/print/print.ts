// Prints a syntax tree in the canonical style: two spaces, a line for each rule, few parentheses. The output
// parses to the same tree, except for spans. To format existing text, use format.ts, which preserves
// comments and spelling.

import type { ChangeNode, ExprNode, FileNode, ItemNode } from '../ast.ts';
import { printDoc, printOnOneLine } from './docs.ts';
import * as expressions from './expressions.ts';
import { printItem } from './items.ts';
import { noOriginal } from './original.ts';
import * as tests from './tests.ts';

export function print(node: FileNode): string {
  let text = '';
  let previous: ItemNode | undefined;
  for (const item of node.items) {
    const printed = printDoc(printItem(item, noOriginal));
    const together = item.kind === previous?.kind && !printed.includes('\n');
    if (previous !== undefined) text += together ? '\n' : '\n\n';
    text += printed;
    previous = item;
  }
  return text === '' ? '' : `${text}\n`;
}

export function printExprText(node: ExprNode): string {
  return printOnOneLine(expressions.printExpr(node, noOriginal));
}

/** Prints a change of a request in a step of a test. */
export function printChangeText(node: ChangeNode): string {
  return printOnOneLine(tests.printChange(node, noOriginal));
}

// The syntax tree in, source text out, in the canonical style: two spaces, a line for each rule,
// few parentheses. What is printed reads back as the same tree, spans apart. Whoever has the text
// that a tree was read from takes format.ts, which keeps the author's comments and spellings.

import type { ChangeNode, ExprNode, FileNode, ItemNode } from '../ast.ts';
import { layOut, onOneLine } from './docs.ts';
import * as expressions from './expressions.ts';
import { printItem } from './items.ts';
import { noOriginal } from './original.ts';
import * as tests from './tests.ts';

export function print(node: FileNode): string {
  let text = '';
  let previous: ItemNode | undefined;
  for (const item of node.items) {
    const printed = layOut(printItem(item, noOriginal));
    const together = item.kind === previous?.kind && !printed.includes('\n');
    if (previous !== undefined) text += together ? '\n' : '\n\n';
    text += printed;
    previous = item;
  }
  return text === '' ? '' : `${text}\n`;
}

export function printExpr(node: ExprNode): string {
  return onOneLine(expressions.printExpr(node, noOriginal));
}

/** What a step of a test changes of its request. */
export function printChange(node: ChangeNode): string {
  return onOneLine(tests.printChange(node, noOriginal));
}

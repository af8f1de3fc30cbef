// The syntax tree in, source text out, in one canonical style: two spaces, a line for each rule,
// few parentheses. What is printed reads back as the same tree, spans apart.

import type { FileNode, ItemNode } from './ast.ts';
import {
  printConstraint,
  printEnum,
  printPolicyHeader,
  printSchema,
  printTable,
  printUse,
} from './print/declarations.ts';
import { printExpr } from './print/expressions.ts';
import { printFunction, printLet } from './print/functions.ts';
import { printInvariant } from './print/invariants.ts';
import { printObligation } from './print/obligations.ts';
import { printGroup } from './print/rules.ts';
import { printTest } from './print/tests.ts';
import { printWindow } from './print/windows.ts';

export { printExpr } from './print/expressions.ts';

export function print(node: FileNode): string {
  let text = '';
  let previous: ItemNode | undefined;
  for (const item of node.items) {
    const printed = printItem(item);
    const together = item.kind === previous?.kind && !printed.includes('\n');
    if (previous !== undefined) text += together ? '\n' : '\n\n';
    text += printed;
    previous = item;
  }
  return text === '' ? '' : `${text}\n`;
}

function printItem(item: ItemNode): string {
  switch (item.kind) {
    case 'PolicyHeader':
      return printPolicyHeader(item);
    case 'Use':
      return printUse(item);
    case 'Enum':
      return printEnum(item);
    case 'Record':
      return printSchema('record', item.name, item.type);
    case 'Const':
      return `const ${item.name.text} = ${printExpr(item.value)}`;
    case 'Function':
      return printFunction(item);
    case 'Let':
      return printLet(item);
    case 'Subject':
    case 'Action':
    case 'Resource':
      return printSchema(
        item.name ? item.kind.toLowerCase() : `${item.kind.toLowerCase()} any`,
        item.name,
        item.type,
      );
    case 'Context':
      return printSchema('context', undefined, item.type);
    case 'Table':
      return printTable(item);
    case 'Constraint':
      return printConstraint(item);
    case 'Window':
      return printWindow(item);
    case 'Obligation':
      return printObligation(item);
    case 'Invariant':
      return printInvariant(item);
    case 'Group':
      return printGroup(item);
    case 'Test':
      return printTest(item);
  }
}

// Invariants as source text: whom they are about on one line, what they claim on the next.

import type { InvariantNode } from '../ast.ts';
import { printExpr } from './expressions.ts';
import { printString } from './literals.ts';
import { printScope } from './rules.ts';

export function printInvariant(node: InvariantNode): string {
  return `invariant ${printString(node.name.value)} ${printScope(node)}\n  ${printExpr(node.claim)}`;
}

// Prints invariants: the scope on one line, the claim on the next.

import type { InvariantNode } from '../ast.ts';
import { type Doc, group, hardline, indent, line } from './docs.ts';
import { printChain } from './expressions.ts';
import { printString } from './literals.ts';
import type { Original } from './original.ts';
import { printScope } from './scopes.ts';

export function printInvariant(node: InvariantNode, original: Original): Doc {
  const scope = group(indent([line, printScope(node, original)]));
  const claim = indent([hardline, printChain(node.claim, original)]);
  return ['invariant ', printString(node.name, original), scope, claim];
}

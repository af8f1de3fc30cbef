// After mistakes in a file's text some of its parts are left out of the tree, and what they declare is
// then not there. Gives the words that may be missing for that reason: nothing more is said of them.

import type { AstNode, FileNode } from './ast.ts';
import { textValue } from './text-literal.ts';
import { Text, type Tokens } from './tokens.ts';
import { visit } from './visit.ts';

/** They stand in the tree without some of their parts, or in a block that ended too early. */
const containers: ReadonlySet<AstNode['kind']> = new Set([
  ...(['File', 'Group', 'Given', 'Otherwise', 'Score', 'Let'] as const),
  ...(['Subject', 'Action', 'Resource', 'Context', 'Signals'] as const),
  ...(['Record', 'Obligation', 'RecordType'] as const),
]);

/** Where a bracket has no other half, whatever stands in the tree may belong elsewhere. */
export function lostWords(tree: FileNode, { tokens, balanced }: Tokens): ReadonlySet<string> {
  const whole: { readonly start: number; readonly end: number }[] = [];
  if (balanced)
    visit(tree, (node) => {
      if (node.kind === 'Name') return false;
      if (containers.has(node.kind) || holdsRecord(node)) return undefined;
      whole.push(node.span);
      return false;
    });
  const words = new Set<string>();
  let next = 0;
  for (const token of tokens) {
    while ((whole[next]?.end ?? Number.POSITIVE_INFINITY) <= token.startOffset) next += 1;
    if (token.startOffset >= (whole[next]?.start ?? Number.POSITIVE_INFINITY)) continue;
    if (token.tokenType === Text) words.add(textValue(token));
    else if (/^\w+$/.test(token.image)) words.add(token.image);
  }
  return words;
}

function holdsRecord(node: AstNode): boolean {
  if (node.kind === 'Member') return holdsRecord(node.type);
  return (
    node.kind === 'RecordType' || (node.kind === 'CollectionType' && holdsRecord(node.element))
  );
}

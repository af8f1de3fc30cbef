// After mistakes in a file's text some of its parts are left out of the tree, and what they declare is
// then not there. Gives the words that may be missing for that reason: nothing more is said of them.

import type { AstNode, FileNode } from './ast.ts';
import { textValue } from './literals/string.ts';
import { Colon, Dot, Text, type Tokens } from './tokens.ts';
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
  for (const [index, token] of tokens.entries()) {
    while ((whole[next]?.end ?? Number.POSITIVE_INFINITY) <= token.startOffset) next += 1;
    if (token.startOffset >= (whole[next]?.start ?? Number.POSITIVE_INFINITY)) continue;
    // A member that is read declares nothing: where it is missing, that is said of other places too.
    if (balanced && isRead(tokens, index)) continue;
    if (token.tokenType === Text) words.add(textValue(token));
    else if (/^\w+$/.test(token.image)) words.add(token.image);
  }
  return words;
}

/** `.name`, unless it could be a name that `use` brings in or the head of a policy. */
function isRead(tokens: Tokens['tokens'], index: number): boolean {
  const [root, dot, behind] = [tokens[index - 2], tokens[index - 1], tokens[index + 1]];
  if (dot?.tokenType !== Dot || root === undefined) return false;
  return behind?.tokenType !== Colon && !/^(?:use|policy)$/.test(tokens[index - 3]?.image ?? '');
}

function holdsRecord(node: AstNode): boolean {
  if (node.kind === 'Member') return holdsRecord(node.type);
  return (
    node.kind === 'RecordType' || (node.kind === 'CollectionType' && holdsRecord(node.element))
  );
}

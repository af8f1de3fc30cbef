// Syntax errors drop parts of a file from the tree, and with them declarations. Returns the words in the
// dropped parts, so that names that are undeclared for this reason are not reported.

import type { AstNode, FileNode } from './ast.ts';
import { readTextValue } from './literals/string.ts';
import { ColonToken, DotToken, TextToken, type Tokens } from './tokens.ts';
import { visit } from './visit.ts';

/** Nodes that can be in the tree without some of their parts, or with a block that ended too early. */
const containers: ReadonlySet<AstNode['kind']> = new Set([
  ...(['File', 'Group', 'Given', 'Otherwise', 'Score', 'Let'] as const),
  ...(['Subject', 'Action', 'Resource', 'Context', 'Signals'] as const),
  ...(['Record', 'Obligation', 'RecordType'] as const),
]);

/** Returns the words outside of complete nodes; with unbalanced brackets, all words of the file. */
export function findDroppedWords(
  tree: FileNode,
  { tokens, balanced }: Tokens,
): ReadonlySet<string> {
  const complete: { readonly start: number; readonly end: number }[] = [];
  if (balanced)
    visit(tree, (node) => {
      if (node.kind === 'Name') return false;
      if (containers.has(node.kind) || holdsRecord(node)) return undefined;
      complete.push(node.span);
      return false;
    });
  const words = new Set<string>();
  let next = 0;
  for (const [index, token] of tokens.entries()) {
    while ((complete[next]?.end ?? Number.POSITIVE_INFINITY) <= token.startOffset) next += 1;
    if (token.startOffset >= (complete[next]?.start ?? Number.POSITIVE_INFINITY)) continue;
    // A member access declares nothing.
    if (balanced && isMemberAccess(tokens, index)) continue;
    if (token.tokenType === TextToken) words.add(readTextValue(token));
    else if (/^\w+$/.test(token.image)) words.add(token.image);
  }
  return words;
}

/** Whether the token is a `.name`, but not one in a `use` or in the name of a policy. */
function isMemberAccess(tokens: Tokens['tokens'], index: number): boolean {
  const [root, dot, after] = [tokens[index - 2], tokens[index - 1], tokens[index + 1]];
  if (dot?.tokenType !== DotToken || root === undefined) return false;
  return (
    after?.tokenType !== ColonToken && !/^(?:use|policy)$/.test(tokens[index - 3]?.image ?? '')
  );
}

function holdsRecord(node: AstNode): boolean {
  if (node.kind === 'Member') return holdsRecord(node.type);
  if (node.kind === 'CollectionType') return holdsRecord(node.element);
  if (node.kind === 'MapType') return holdsRecord(node.value);
  return node.kind === 'RecordType';
}

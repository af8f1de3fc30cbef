// A file without mistakes, read a few declarations at a time: a concrete syntax tree is large, and each
// is gone before the next is made. Gives the items of the tree, or undefined where anything is wrong:
// what errors mean for each other and for what is around them is told of the file as a whole.

import { hasErrors, Reporter } from '../diagnostics/diagnostics.ts';
import type { ItemNode } from './ast.ts';
import type { FileCstNode } from './cst.generated.ts';
import { toAst } from './to-ast/to-ast.ts';
import { type Origin, toCst } from './to-cst.ts';
import { itemKeywords, RBrace, type Tokens } from './tokens.ts';

/** So many tokens at least. */
const pieceSize = 1_000;

export function inPieces(
  { file, reporter }: Origin,
  read: Tokens,
): readonly ItemNode[] | undefined {
  const { tokens, text, balanced, tooDeep } = read;
  if (!balanced || tooDeep !== undefined || tokens.length <= pieceSize) return undefined;
  const own = new Reporter();
  const source = { file, reporter: own };
  const items: ItemNode[] = [];
  for (let start = 0; start < tokens.length; ) {
    const end = endOfPiece(read, start + pieceSize);
    const { tree, errors } = toCst(source, { ...read, tokens: tokens.slice(start, end) }, 'file');
    if (tree === undefined || errors.length > 0) return undefined;
    const piece = toAst({ ...source, errors, text }, tree as FileCstNode, text.length);
    for (const item of piece.items) items.push(item);
    start = end;
  }
  if (hasErrors(own.diagnostics)) return undefined;
  reporter.merge(own);
  return items;
}

/** Nothing goes on behind a brace with a word that begins a declaration. */
function endOfPiece({ tokens, depths }: Tokens, least: number): number {
  for (let at = least; at < tokens.length; at += 1) {
    const [before, token] = [tokens[at - 1], tokens[at]];
    if (
      depths[at] === 0 &&
      before?.tokenType === RBrace &&
      token &&
      itemKeywords.has(token.tokenType)
    )
      return at;
  }
  return tokens.length;
}

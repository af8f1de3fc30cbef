// Parses a large file in fragments of a few declarations, to limit memory: the concrete syntax tree of each
// fragment is discarded before the next. Returns the items, or `undefined` if there is an error: recovery and
// messages then need the whole file.

import { hasErrors, Reporter } from '../diagnostics/diagnostics.ts';
import type { ItemNode } from './ast.ts';
import type { FileCstNode } from './cst.generated.ts';
import { toAst } from './to-ast/to-ast.ts';
import { type Origin, toCst } from './to-cst.ts';
import { itemKeywords, RBraceToken, type Tokens } from './tokens.ts';

/** The minimum number of tokens of a fragment. */
const minTokens = 1_000;

/** Parses a large file in fragments, or returns `undefined` if it is small or has errors. */
export function parseFragments(
  { file, reporter }: Origin,
  read: Tokens,
): readonly ItemNode[] | undefined {
  const { tokens, text, balanced, tooDeep } = read;
  if (!balanced || tooDeep !== undefined || tokens.length <= minTokens) return undefined;
  const fragmentReporter = new Reporter();
  const source = { file, reporter: fragmentReporter };
  const items: ItemNode[] = [];
  for (let start = 0; start < tokens.length; ) {
    const end = findFragmentEnd(read, start + minTokens);
    const { tree, errors } = toCst(source, { ...read, tokens: tokens.slice(start, end) }, 'file');
    if (tree === undefined || errors.length > 0) return undefined;
    const fragment = toAst({ ...source, errors, text }, tree as FileCstNode, text.length);
    for (const item of fragment.items) items.push(item);
    start = end;
  }
  if (hasErrors(fragmentReporter.diagnostics)) return undefined;
  reporter.merge(fragmentReporter);
  return items;
}

/** Returns the first boundary from token `min` on: between a closing brace and the keyword of a declaration. */
function findFragmentEnd({ tokens, depths }: Tokens, min: number): number {
  for (let index = min; index < tokens.length; index += 1) {
    const [before, token] = [tokens[index - 1], tokens[index]];
    if (
      depths[index] === 0 &&
      before?.tokenType === RBraceToken &&
      token &&
      itemKeywords.has(token.tokenType)
    )
      return index;
  }
  return tokens.length;
}

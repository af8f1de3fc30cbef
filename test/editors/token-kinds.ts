// The kinds of the tokens of a policy, by the project's own lexer and parser: what any grammar of an editor must agree
// with.

import { Reporter } from '@nhipol/language';
import type { CstNode, IToken } from 'chevrotain';
import { toCst } from '../../language/syntax/to-cst.ts';
import * as t from '../../language/syntax/tokens.ts';

type TokenKind = 'comment' | 'invalid' | 'keyword' | 'name' | 'number' | 'string' | 'symbol';

export interface KindOfToken {
  readonly text: string;
  readonly start: number;
  readonly kind: TokenKind;
  /** Whether the parser reads a keyword as a name, or `undefined` if the text has syntax errors. */
  readonly isName: boolean | undefined;
}

const strings: ReadonlySet<unknown> = new Set([t.TextToken, t.PatternToken]);
const invalid: ReadonlySet<unknown> = new Set([
  t.BadToken,
  t.ForeignTextToken,
  t.ForeignCommentToken,
]);

/** The tokens and comments of a text, in its order. */
export function tokenKinds(text: string): readonly KindOfToken[] {
  const names = findNames(text);
  const found = t.tokenize(text).tokens.map((token) => ({
    text: token.image,
    start: token.startOffset,
    kind: classifyToken(token),
    isName: names?.has(token.startOffset),
  }));
  const comments = t.listComments(text).map(({ image, startOffset }) => ({
    text: image,
    start: startOffset,
    kind: 'comment' as const,
    isName: false,
  }));
  return [...found, ...comments].sort((a, b) => a.start - b.start);
}

function classifyToken({ tokenType, image }: IToken): TokenKind {
  if (strings.has(tokenType)) return 'string';
  if (invalid.has(tokenType)) return 'invalid';
  if (tokenType === t.BadNumberToken)
    return /^[1-5](?:st|nd|rd|th)$/.test(image) ? 'number' : 'invalid';
  if (tokenType.CATEGORIES?.includes(t.LiteralToken)) return 'number';
  if (tokenType === t.NameToken) return 'name';
  return /^[a-z]/.test(image) ? 'keyword' : 'symbol';
}

/** The names of the syntax tree under which the parser stores a word that it reads as a name. */
const nameKeys: ReadonlySet<string> = new Set([
  'FreeWord',
  'Word',
  'fixture',
  'properties',
  'reason',
  'type',
]);

/** Whether the productions of the parser accept a text; what it then checks, such as values, does not count. */
export function isGrammatical(text: string): boolean {
  const origin = { file: 'p.nhipol', reporter: new Reporter() };
  const { tree, errors } = toCst(origin, t.tokenize(text), 'file');
  return tree !== undefined && errors.length === 0;
}

/** The offsets of the words that the parser reads as names, or `undefined` if it reports an error. */
function findNames(text: string): ReadonlySet<number> | undefined {
  const reporter = new Reporter();
  const { tree } = toCst({ file: 'p.nhipol', reporter }, t.tokenize(text), 'file');
  if (tree === undefined || reporter.diagnostics.length > 0) return undefined;
  const names = new Set<number>();
  collectNames(tree, names);
  return names;
}

function collectNames({ children }: CstNode, names: Set<number>): void {
  for (const [key, elements] of Object.entries(children)) {
    for (const element of elements) {
      if ('children' in element) collectNames(element, names);
      else if (nameKeys.has(key) && !isBoolean(element)) names.add(element.startOffset);
    }
  }
}

/** The JSON of requests has booleans, too. */
const isBoolean = ({ image }: IToken) => image === 'true' || image === 'false';

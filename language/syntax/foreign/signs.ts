// Operators, strings and comments of other languages, which are errors everywhere. Each is reported and
// replaced by its equivalent, so that the rest of the text is parsed correctly.

import type { IToken } from 'chevrotain';
import type { Origin } from '../../diagnostics/diagnostics.ts';
import { type Fix, proposeRemoval, proposeReplacement } from '../../diagnostics/fix.ts';

import * as t from '../tokens.ts';
import { createForeignRow, reportForeign } from './report.ts';

/** Operators that the lexer splits into several tokens, with their equivalents, the longest first. */
const pairs: readonly (readonly [string, string])[] = [
  ['===', '=='],
  ['!==', '!='],
  [':=', '='],
  ['??', 'else'],
  ['?.', '.'],
];

const pairStarts = new Set([t.EqualEqualToken, t.NotEqualToken, t.ColonToken, t.QuestionToken]);

/** Operators that do not begin a valid token, with their equivalents; `''`: they are removed. */
const badSigns: readonly (readonly [string, string])[] = [
  ['&&', 'and'],
  ['||', 'or'],
  ['!', 'not'],
  [';', ''],
];

/** The reporter and the text of a file. */
interface Reading extends Origin {
  readonly text: string;
}

/** Reports and replaces all operators, strings and comments of other languages. */
export function translateSigns(origin: Origin, read: t.Tokens): t.Tokens {
  const source: Reading = { ...origin, text: read.text };
  const replacements: t.Replacement[] = [];
  for (let index = 0; index < read.tokens.length; index += 1) {
    const found = translateSign(source, read, index);
    if (found === undefined) continue;
    replacements.push(...found);
    index = Math.max(index, ...found.map(({ to }) => to - 1));
  }
  return t.replaceTokens(read, replacements);
}

function translateSign(
  source: Reading,
  read: t.Tokens,
  at: number,
): readonly t.Replacement[] | undefined {
  const { tokens } = read;
  const token = tokens[at] as IToken;
  switch (token.tokenType) {
    case t.ForeignTextToken:
      return [translateString(source, read, at)];
    case t.ForeignCommentToken:
      return [translateComment(source, read, at)];
    case t.BadToken:
      return token.image.startsWith('@')
        ? translateAnnotation(source, read, at)
        : translateBadSigns(source, token, at);
    default:
      return translatePair(source, read, at);
  }
}

// --- strings and comments ----------------------------------------------------------------------

function translateString(source: Reading, { tokens }: t.Tokens, at: number): t.Replacement {
  const token = tokens[at] as IToken;
  const inner = token.image.slice(1, -1);
  const isTemplate = token.image.startsWith('`');
  const plain = isTemplate ? inner.replaceAll('${', '{') : inner.replaceAll("\\'", "'");
  const text = `"${plain.replace(/\\.|"/g, (part) => (part === '"' ? '\\"' : part))}"`;
  const inReason = tokens[at - 1]?.tokenType === t.BecauseToken;
  const fix =
    plain !== inner && isTemplate && !inReason
      ? undefined
      : proposeReplacement(locateToken(source, token), text);
  const row = createForeignRow('sign', isTemplate ? '`…`' : "'…'");
  reportForeign(source, row, locateToken(source, token), {
    word: shortenImage(token.image),
    ...(isTemplate ? {} : { expected: `\`${shortenImage(text)}\`` }),
    fix: isExact(token) ? fix : undefined,
  });
  return { from: at, to: at + 1, tokens: tokenizeReplacement(text, token, token) };
}

function translateComment(source: Reading, read: t.Tokens, at: number): t.Replacement {
  const token = read.tokens[at] as IToken;
  const span = locateToken(source, token);
  if (token.image.startsWith('#')) {
    const sign = { ...span, end: span.start + 1 };
    reportForeign(source, createForeignRow('sign', '#'), sign, {
      fix: proposeReplacement(sign, '//'),
    });
    return { from: at, to: at + 1, tokens: [] };
  }
  // With `//`, the rest of the line would become part of the comment.
  const endsLine = /^[ \t]*(?:\r?\n|$)/.test(read.text.slice(span.end));
  const lines = token.image.slice(2, -2).split('\n');
  const text = lines
    .map((line) => line.trim().replace(/^\*+ ?/, ''))
    .filter((line, index) => line !== '' || (index > 0 && index < lines.length - 1))
    .map((line) => `// ${line}`.trimEnd())
    .join('\n');
  reportForeign(
    source,
    createForeignRow('sign', '/* … */'),
    { ...span, end: span.start + 2 },
    {
      word: '/*',
      fix: endsLine ? proposeReplacement(span, text, 'write `//`') : undefined,
    },
  );
  return { from: at, to: at + 1, tokens: [] };
}

/** `@id("x")` */
function translateAnnotation(
  source: Reading,
  { tokens }: t.Tokens,
  at: number,
): readonly t.Replacement[] | undefined {
  const [sign, name, open] = tokens.slice(at, at + 3);
  if (sign?.image !== '@' || name === undefined || !isWord(name)) return undefined;
  const close = open?.tokenType === t.LParenToken ? findClosingBracket(tokens, at + 2) : undefined;
  const end = close === undefined ? at + 1 : close;
  const span = { ...locateToken(source, sign), end: locateToken(source, name).end };
  reportForeign(source, createForeignRow('sign', '@'), span, { word: `@${name.image}` });
  return [{ from: at, to: end + 1, tokens: [] }];
}

// --- operators ---------------------------------------------------------------------------------

/** The lexer makes one token of adjacent invalid characters. */
function translateBadSigns(
  source: Reading,
  token: IToken,
  at: number,
): readonly t.Replacement[] | undefined {
  const translatedTokens: IToken[] = [];
  let rest = token.image;
  let offset = token.startOffset;
  while (rest !== '') {
    const matchingBadSign = badSigns.find(([sign]) => rest.startsWith(sign));
    if (matchingBadSign === undefined) break;
    const [sign, word] = matchingBadSign;
    const span = { file: source.file, start: offset, end: offset + sign.length };
    // The offsets of a token in a placeholder can differ from the length of its image.
    const exact = isExact(token);
    reportForeign(source, createForeignRow('sign', sign), span, {
      fix: exact ? signFix(span, word) : undefined,
    });
    translatedTokens.push(...t.tokenizeSnippet(word, span.start, span.end));
    rest = rest.slice(sign.length);
    offset += sign.length;
  }
  if (rest === token.image) {
    const row = token.image === '&' || token.image === '|' ? token.image : undefined;
    if (row !== undefined)
      reportForeign(source, createForeignRow('sign', row), locateToken(source, token));
    else if (token.image === "'")
      reportForeign(source, createForeignRow('sign', "'…'"), locateToken(source, token), {
        word: "'",
      });
    return undefined;
  }
  if (rest !== '') translatedTokens.push(...t.tokenizeSnippet(rest, offset, offset + rest.length));
  return [{ from: at, to: at + 1, tokens: translatedTokens }];
}

function signFix(span: { file: string; start: number; end: number }, word: string): Fix {
  if (word === '') return proposeRemoval(span, 'remove it');
  return word === 'not'
    ? proposeReplacement(span, 'not ', 'write `not`')
    : proposeReplacement(span, word);
}

function translatePair(
  source: Reading,
  { tokens }: t.Tokens,
  at: number,
): readonly t.Replacement[] | undefined {
  const [first, second] = [tokens[at], tokens[at + 1]];
  if (first === undefined || second === undefined || !pairStarts.has(first.tokenType))
    return undefined;
  if (!isAdjacent(first, second)) return undefined;
  const image = first.image + second.image;
  const pair = pairs.find(([sign]) => sign === image);
  if (pair === undefined) return undefined;
  const [sign, meant] = pair;
  const row = createForeignRow('sign', sign);
  const span = { ...locateToken(source, first), end: locateToken(source, second).end };
  const text = row.instead;
  const fix = text === undefined ? proposeElse(tokens, at, span) : proposeReplacement(span, text);
  reportForeign(source, row, span, { fix });
  return [{ from: at, to: at + 2, tokens: t.tokenizeSnippet(meant, span.start, span.end) }];
}

/** `else` binds more tightly than `??`, so the fix is certain only if it is alone in parentheses. */
function proposeElse(
  tokens: readonly IToken[],
  at: number,
  span: { file: string; start: number; end: number },
): Fix | undefined {
  const value = tokens[at + 2];
  const close = tokens[at + 3];
  if (value === undefined || close?.tokenType !== t.RParenToken) return undefined;
  let from = at - 1;
  while (from > 0 && isPathPart(tokens[from] as IToken)) from -= 1;
  return tokens[from]?.tokenType === t.LParenToken ? proposeReplacement(span, 'else') : undefined;
}

function isPathPart(token: IToken): boolean {
  return isWord(token) || token.tokenType === t.DotToken;
}

/** Characters without a certain equivalent, which `translateSigns` reports but does not replace. */
export function isForeignSign(image: string): boolean {
  return image === '&' || image === '|' || image === "'";
}

// --- tokens ------------------------------------------------------------------------------------

/** Whether the token continues an expression. */
export function continues(token: IToken | undefined): boolean {
  if (token === undefined) return false;
  const { tokenType } = token;
  return (
    [
      t.IsToken,
      t.NotToken,
      t.GreaterToken,
      t.MatchesToken,
      t.DotToken,
      t.CommaToken,
      t.EqualsToken,
    ].includes(tokenType) || tokenType.CATEGORIES?.includes(t.InfixToken) === true
  );
}

/** Returns the index of the bracket that closes the one at `open`. */
export function findClosingBracket(tokens: readonly IToken[], open: number): number | undefined {
  let depth = 0;
  for (let index = open; index < tokens.length; index += 1) {
    const type = (tokens[index] as IToken).tokenType;
    if (type === t.LBraceToken || type === t.LParenToken || type === t.LBracketToken) depth += 1;
    if (type === t.RBraceToken || type === t.RParenToken || type === t.RBracketToken) depth -= 1;
    if (depth === 0) return index;
  }
  return undefined;
}

export function isWord({ tokenType }: IToken): boolean {
  return tokenType === t.NameToken || tokenType.CATEGORIES?.includes(t.WordToken) === true;
}

export function findTokenEnd({ startOffset, endOffset }: IToken): number {
  return (endOffset ?? startOffset) + 1;
}

function isAdjacent(first: IToken, second: IToken): boolean {
  return findTokenEnd(first) === second.startOffset;
}

export function locateToken({ file }: Origin, token: IToken) {
  return { file, start: token.startOffset, end: findTokenEnd(token) };
}

/** Tokenizes a text and gives the tokens the span of others. */
export function tokenizeReplacement(text: string, first: IToken, last: IToken): readonly IToken[] {
  return t.tokenizeSnippet(text, first.startOffset, findTokenEnd(last));
}

function isExact(token: IToken): boolean {
  return findTokenEnd(token) - token.startOffset === token.image.length;
}

function shortenImage(image: string): string {
  return image.length > 40 ? `${image.slice(0, 39)}…` : image;
}

// The consequences of a syntax error: which later errors it may have caused, and which part before it is
// incomplete. Both are determined from the keywords that begin rules and declarations, from line breaks and
// indentation, as a reader would.

import { EOF, type IToken } from 'chevrotain';
import * as t from './tokens.ts';

/** The position of a syntax error. */
export interface SyntaxErrorPosition {
  /** The index of the unexpected token. */
  readonly index: number;
  /** The offset of the token. */
  readonly start: number;
  /** The end of the token before it, if both may belong to the same part. */
  readonly cuts: number | undefined;
  /** The indentation of the token, if it is the first on its line. */
  readonly indent: number | undefined;
}

const opening = new Set([t.LBraceToken, t.LParenToken, t.LBracketToken]);
const closing = new Set([t.RBraceToken, t.RParenToken, t.RBracketToken]);

/** Describes the syntax error at an unexpected token. */
export function locateSyntaxError({ tokens, text }: t.Tokens, token: IToken): SyntaxErrorPosition {
  const atEnd = token.tokenType === EOF;
  const index = atEnd ? tokens.length - 1 : findTokenIndex(tokens, token.startOffset);
  const start = tokens[index]?.startOffset ?? 0;
  const before = tokens[index - 1];
  const complete =
    atEnd ||
    closing.has(token.tokenType) ||
    t.itemKeywords.has(token.tokenType) ||
    // A semicolon ends a statement in other languages.
    token.image.startsWith(';') ||
    before === undefined ||
    opening.has(before.tokenType);
  return {
    index,
    start,
    cuts: complete ? undefined : before.startOffset + before.image.length,
    indent: measureIndent(text, start),
  };
}

/** Whether a node of the tree is incomplete: the text after its end belongs to it. */
export function isCut(
  text: string,
  { start, end }: Range,
  breaks: readonly SyntaxErrorPosition[],
): boolean {
  return breaks.some((errorPosition) => {
    if (errorPosition.start > start && errorPosition.start < end) return true;
    if (errorPosition.cuts !== end) return false;
    return (
      errorPosition.indent === undefined || errorPosition.indent > measureLineIndent(text, start)
    );
  });
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Whether a rule or declaration begins between two errors, so that the second is independent. */
export function isIndependent(read: t.Tokens, from: number, to: number): boolean {
  for (let index = from + 1; index < to; index += 1) if (beginsStatement(read, index)) return true;
  return false;
}

const blockWords = new Set([t.LetToken, t.GivenToken, t.ScoreToken]);

function beginsStatement({ text, tokens, depths }: t.Tokens, at: number): boolean {
  const [before, token, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (token === undefined) return false;
  const { tokenType } = token;
  // `subject.id` at the start of a line is an operand.
  if (t.itemKeywords.has(tokenType)) {
    return measureIndent(text, token.startOffset) !== undefined && next?.tokenType !== t.DotToken;
  }
  // Rules are in groups: after an excess closing brace, a word does not begin a rule.
  if (depths[at] === 0) return false;
  if (blockWords.has(tokenType)) return next?.tokenType === t.NameToken;
  const isEffect = tokenType.CATEGORIES?.includes(t.EffectWordToken) === true;
  return isEffect && next?.tokenType === t.NameToken && before?.tokenType !== t.ExpectToken;
}

/** Returns the index of the first token at or after an offset. */
function findTokenIndex(tokens: readonly IToken[], offset: number): number {
  let [low, high] = [0, tokens.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.startOffset ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function measureLineIndent(text: string, offset: number): number {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1);
  return line.length - line.trimStart().length;
}

/** Returns the indentation of an offset, or `undefined` if other text precedes it on its line. */
function measureIndent(text: string, offset: number): number | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return text.slice(lineStart, offset).trim() === '' ? offset - lineStart : undefined;
}

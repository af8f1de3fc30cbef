// What follows from a syntax error: which later ones it may have brought about, and which part of the
// text before it was cut short. The words that begin a rule or a declaration, lines and their
// indentation tell, as they do to a reader.

import { EOF, type IToken } from 'chevrotain';
import * as t from './tokens.ts';

/** Where the text left the grammar. */
export interface Break {
  /** Of the token, among all. */
  readonly index: number;
  /** The offset at which it begins. */
  readonly start: number;
  /** Where the token before it ends, if it may have belonged to the same part. */
  readonly cuts: number | undefined;
  /** How far the token is indented, where it begins a line. */
  readonly indent: number | undefined;
}

const opening = new Set([t.LBrace, t.LParen, t.LBracket]);
const closing = new Set([t.RBrace, t.RParen, t.RBracket]);

export function breakAt({ tokens, text }: t.Tokens, token: IToken): Break {
  const atEnd = token.tokenType === EOF;
  const index = atEnd ? tokens.length - 1 : indexOf(tokens, token.startOffset);
  const start = tokens[index]?.startOffset ?? 0;
  const before = tokens[index - 1];
  const complete =
    atEnd ||
    closing.has(token.tokenType) ||
    t.itemKeywords.has(token.tokenType) ||
    // As other languages end a statement.
    token.image.startsWith(';') ||
    before === undefined ||
    opening.has(before.tokenType);
  return {
    index,
    start,
    cuts: complete ? undefined : before.startOffset + before.image.length,
    indent: indentAt(text, start),
  };
}

/** Whether a part of a tree, which ends at `end`, was cut short: what stands behind it was to be in it. */
export function isCut(text: string, { start, end }: Range, breaks: readonly Break[]): boolean {
  return breaks.some((each) => {
    if (each.start > start && each.start < end) return true;
    if (each.cuts !== end) return false;
    return each.indent === undefined || each.indent > lineIndent(text, start);
  });
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Whether something begins between two errors, so that the second is a mistake of its own. */
export function beginsAnew(read: t.Tokens, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at += 1) if (begins(read, at)) return true;
  return false;
}

const blockWords = new Set([t.Let, t.Given, t.Score]);

function begins({ text, tokens, depths }: t.Tokens, at: number): boolean {
  const [before, token, next] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (token === undefined) return false;
  const { tokenType } = token;
  // `subject.id` at the start of a line is an operand.
  if (t.itemKeywords.has(tokenType)) {
    return indentAt(text, token.startOffset) !== undefined && next?.tokenType !== t.Dot;
  }
  // Rules stand in groups: behind one brace too many nothing is one.
  if (depths[at] === 0) return false;
  if (blockWords.has(tokenType)) return next?.tokenType === t.Name;
  const isEffect = tokenType.CATEGORIES?.includes(t.EffectWord) === true;
  return isEffect && next?.tokenType === t.Name && before?.tokenType !== t.Expect;
}

/** Tokens are in order of their offsets. */
function indexOf(tokens: readonly IToken[], offset: number): number {
  let [low, high] = [0, tokens.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((tokens[middle]?.startOffset ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function lineIndent(text: string, offset: number): number {
  const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1);
  return line.length - line.trimStart().length;
}

/** undefined: something stands before it on its line. */
function indentAt(text: string, offset: number): number | undefined {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  return text.slice(lineStart, offset).trim() === '' ? offset - lineStart : undefined;
}

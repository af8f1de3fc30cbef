// Repairs of syntax errors with a known cause: a word of another language or a common mistake. A repair has
// a report and, if the intention is known, replacement tokens with which the parser continues, so that the
// rest of the declaration is checked.

import type { IToken, TokenType } from 'chevrotain';
import type { Extra, Origin } from '../../diagnostics/diagnostics.ts';
import type { Fix } from '../../diagnostics/fix.ts';
import type { Span } from '../../support/source.ts';
import * as t from '../tokens.ts';
import { createForeignRow, type ForeignDetails, reportForeign } from './report.ts';
import { findTokenEnd, isWord, locateToken, tokenizeReplacement } from './signs.ts';
import type { ForeignWord } from './words.ts';

export interface Repair {
  readonly report: () => void;
  /** The span of the report. */
  readonly span: Span;
  /** If undefined, the intention is not known, and the parser recovers. */
  readonly replacements: readonly t.Replacement[] | undefined;
}

/** A syntax error: its token, the expected phrase, and the rule of the grammar. */
export class SyntaxErrorContext {
  readonly source: Origin;
  readonly read: t.Tokens;
  readonly at: number;
  readonly phrase: string;
  readonly rule: string;

  constructor(source: Origin, read: t.Tokens, at: number, phrase: string, rule: string) {
    this.source = source;
    this.read = read;
    this.at = at;
    this.phrase = phrase;
    this.rule = rule;
  }

  /** The token at an offset from the error, in tokens. */
  token(offset = 0): IToken | undefined {
    return this.read.tokens[this.at + offset];
  }

  image(offset = 0): string {
    return this.token(offset)?.image ?? '';
  }

  is(offset: number, type: TokenType): boolean {
    const token = this.token(offset);
    return (
      token !== undefined &&
      (token.tokenType === type || token.tokenType.CATEGORIES?.includes(type) === true)
    );
  }

  isWord(offset: number): boolean {
    const token = this.token(offset);
    return token !== undefined && isWord(token);
  }

  /** Whether there is no space between a token and the next. */
  adjacent(offset: number): boolean {
    const [first, second] = [this.token(offset), this.token(offset + 1)];
    return (
      first !== undefined && second !== undefined && findTokenEnd(first) === second.startOffset
    );
  }

  /** The span from the start of one token to the end of another. */
  span(from = 0, to = from): Span {
    const first = this.token(from) as IToken;
    return { ...locateToken(this.source, first), end: findTokenEnd(this.token(to) ?? first) };
  }

  get depth(): number {
    return this.read.depths[this.at] ?? 0;
  }

  /** Whether a declaration is expected. */
  get atItem(): boolean {
    return this.rule === 'file' || this.rule === 'item' || this.phrase.startsWith('a declaration');
  }

  /** Whether a rule of a group is expected, or a continuation of the one before. */
  get inBlock(): boolean {
    return this.rule === 'block' || this.rule === 'blockItem';
  }

  /** Whether a token is the first on its line. */
  beginsLine(offset = 0): boolean {
    const token = this.token(offset);
    if (token === undefined) return false;
    const before = this.token(offset - 1);
    return (
      before === undefined ||
      this.read.text.slice(findTokenEnd(before), token.startOffset).includes('\n')
    );
  }

  /** Whether a rule or declaration can begin at the token. */
  beginsStatement(offset = 0): boolean {
    const before = this.token(offset - 1);
    return (
      this.beginsLine(offset) ||
      before?.tokenType === t.LBraceToken ||
      before?.tokenType === t.RBraceToken
    );
  }

  /** The offset after the declaration or rule that begins with the token. */
  statementEnd(from = 0): number {
    const depth = this.read.depths[this.at + from] ?? 0;
    for (let offset = from + 1; ; offset += 1) {
      const token = this.token(offset);
      if (token === undefined) return offset;
      const inner = this.read.depths[this.at + offset] ?? 0;
      if (inner > depth) continue;
      const { tokenType } = token;
      if (tokenType === t.RBraceToken && inner === depth && depth > 0) return offset;
      if (!this.beginsLine(offset) || continuing.has(token.image.toLowerCase())) continue;
      if (inner <= depth) return offset;
    }
  }

  /** Whether a word occurs before the error in the same rule. */
  hasEarlierWord(word: string): boolean {
    for (let offset = -1; this.token(offset) !== undefined; offset -= 1) {
      if (this.image(offset) === word) return true;
      if (this.is(offset, t.EffectWordToken)) return false;
    }
    return false;
  }

  // --- reports ---------------------------------------------------------------------------------

  foreign(
    row: ForeignWord,
    span: Span,
    foreignDetails: ForeignDetails = {},
    replacements?: readonly t.Replacement[],
  ): Repair {
    const report = () =>
      reportForeign(
        { reporter: this.source.reporter, text: this.read.text },
        row,
        span,
        foreignDetails,
      );
    return { report, span, replacements };
  }

  sign(
    word: string,
    span: Span,
    foreignDetails: ForeignDetails = {},
    replacements?: readonly t.Replacement[],
  ): Repair {
    return this.foreign(createForeignRow('sign', word), span, foreignDetails, replacements);
  }

  /** A mistake that does not come from another language. */
  slip(
    params: { readonly expected: string; readonly found: string },
    span: Span,
    extra: Extra,
    replacements?: readonly t.Replacement[],
  ): Repair {
    const report = () => this.source.reporter.report('syntax-error', span, params, extra);
    return { report, span, replacements };
  }

  /** Replaces the tokens from one offset to another, inclusive, with the tokens of a text. */
  put(text: string, from = 0, to = from): t.Replacement {
    const [first, last] = [this.token(from) as IToken, this.token(to) as IToken];
    return {
      from: this.at + from,
      to: this.at + to + 1,
      tokens: tokenizeReplacement(text, first, last),
    };
  }

  /** Inserts the tokens of a text before a token. */
  insert(text: string, before = 0): t.Replacement {
    const token = this.token(before) ?? (this.token(before - 1) as IToken);
    const index = this.at + before;
    return { from: index, to: index, tokens: tokenizeReplacement(text, token, token) };
  }

  drop(from: number, until: number): t.Replacement {
    return { from: this.at + from, to: this.at + until, tokens: [] };
  }
}

/** Words and characters that continue a statement on a new line. */
const continuing = new Set([
  'when',
  'unless',
  'if',
  'where',
  'and',
  'or',
  'with',
  'because',
  'to',
  'covers',
  'otherwise',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  '&&',
  '||',
  'from',
  'in',
  'doing',
  'on',
]);

export function proposeText(span: Span, text: string): Fix {
  return { title: `write \`${text.trim()}\``, edits: [{ span, text }] };
}

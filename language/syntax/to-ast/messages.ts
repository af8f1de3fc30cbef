// Converts strings with placeholders, such as those after `because`. Placeholders are found in the decoded
// string; each is parsed as an expression whose tokens have the offsets of the source, despite escapes.

import type { IToken } from 'chevrotain';
import { proposeReplacement } from '../../diagnostics/fix.ts';
import type { Span } from '../../support/source.ts';
import type { ExprNode, InterpolationNode, MessageNode, StringNode } from '../ast.ts';
import type { ExpressionCstNode } from '../cst.generated.ts';
import { readTextLiteral } from '../literals/string.ts';
import { toCst } from '../to-cst.ts';
import { tokenize } from '../tokens.ts';
import { broken, type ExprConverter, getTokenSpan, type ParsedSource } from './cst.ts';

export function toMessage(source: ParsedSource, token: IToken, toExpr: ExprConverter): MessageNode {
  return {
    kind: 'Message',
    span: getTokenSpan(source, token),
    parts: new MessageReader(source, token, toExpr).read(),
  };
}

/** Converts a string in which braces are placeholders. */
export function toInterpolation(
  source: ParsedSource,
  token: IToken,
  toExpr: ExprConverter,
): InterpolationNode {
  return {
    kind: 'Interpolation',
    span: getTokenSpan(source, token),
    parts: new MessageReader(source, token, toExpr).read(),
  };
}

class MessageReader {
  readonly #source: ParsedSource;
  readonly #toExpr: ExprConverter;
  readonly #base: number;
  readonly #value: string;
  readonly #offsets: readonly number[];
  readonly #parts: (StringNode | ExprNode)[] = [];
  #text = '';
  #textStart = 0;

  constructor(source: ParsedSource, token: IToken, toExpr: ExprConverter) {
    const { value, offsets } = readTextLiteral(token.image);
    this.#source = source;
    this.#toExpr = toExpr;
    this.#base = token.startOffset;
    this.#value = value;
    this.#offsets = offsets;
  }

  read(): readonly (StringNode | ExprNode)[] {
    const value = this.#value;
    const braces = /[{}]/g;
    let at = 0;
    for (let match = braces.exec(value); match; match = braces.exec(value)) {
      const brace = match[0];
      this.#text += value.slice(at, match.index);
      if (value[match.index + 1] === brace) {
        this.#text += brace;
        at = match.index + 2;
      } else if (brace === '}') {
        throw this.#refuse('a `}` without its `{`', match.index, match.index + 1, '}}');
      } else {
        at = this.#placeholder(match.index);
      }
      braces.lastIndex = at;
    }
    this.#text += value.slice(at);
    this.#endText(value.length);
    return this.#parts;
  }

  /** Reads a placeholder from its opening brace; returns the index after the closing one. */
  #placeholder(open: number): number {
    const close = findClosingBrace(this.#value, open);
    if (close === undefined) throw this.#refuse('a `{` without its `}`', open, open + 1);
    const inside = this.#value.slice(open + 1, close);
    if (inside.trim() === '')
      throw this.#refuse('no expression between `{` and `}`', open, close + 1);
    const expr = this.#expression(inside, open + 1);
    if (expr.kind === 'String') {
      this.#text += expr.value;
    } else {
      this.#endText(open);
      this.#parts.push(expr);
      this.#textStart = close + 1;
    }
    return close + 1;
  }

  #expression(text: string, start: number): ExprNode {
    const read = tokenize(text);
    for (const token of read.tokens) {
      const span = this.#span(
        start + token.startOffset,
        start + (token.endOffset ?? token.startOffset) + 1,
      );
      token.startOffset = span.start;
      token.endOffset = span.end - 1;
    }
    const { tree, errors } = toCst(this.#source, read, 'expression');
    if (tree === undefined || errors.length > 0) throw broken;
    return this.#toExpr(this.#source, tree as ExpressionCstNode);
  }

  #endText(end: number): void {
    if (this.#text !== '') {
      const span = this.#span(this.#textStart, end);
      this.#parts.push({ kind: 'String', span, value: this.#text });
    }
    this.#text = '';
  }

  /** Reports a problem; `plain` is the replacement that spells the text literally. */
  #refuse(problem: string, start: number, end: number, plain?: string): typeof broken {
    const span = this.#span(start, end);
    const fix = plain === undefined ? undefined : proposeReplacement(span, plain);
    this.#source.reporter.report('bad-placeholder', span, { problem }, { fix });
    return broken;
  }

  /** Converts indices of the value to a span of the file. */
  #span(start: number, end: number): Span {
    return {
      file: this.#source.file,
      start: this.#base + (this.#offsets[start] ?? 0),
      end: this.#base + (this.#offsets[end] ?? 0),
    };
  }
}

/** The index of the brace that closes the one at `open`; skips nested braces and strings. */
function findClosingBrace(text: string, open: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let index = open; index < text.length; index += 1) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') {
      inString = true;
    } else if (character === '{') {
      depth += 1;
    } else if (character === '}') {
      depth -= 1;
      if (depth === 0) return index;
    }
  }
  return undefined;
}

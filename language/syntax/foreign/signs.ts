// Operators, strings and comments of other languages, which are errors everywhere. Each is reported and
// replaced by its equivalent, so that the rest of the text is parsed correctly.

import type { IToken } from 'chevrotain';
import type { Origin } from '../../diagnostics/diagnostics.ts';
import { type Fix, removing, replacing } from '../../diagnostics/fix.ts';

import * as t from '../tokens.ts';
import { foreignRow, reportForeign } from './report.ts';

/** Operators that the lexer splits into several tokens, with their equivalents, the longest first. */
const pairs: readonly (readonly [string, string])[] = [
  ['===', '=='],
  ['!==', '!='],
  [':=', '='],
  ['??', 'else'],
  ['?.', '.'],
];

const pairStarts = new Set([t.EqualEqual, t.NotEqual, t.Colon, t.Question]);

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
  for (let at = 0; at < read.tokens.length; at += 1) {
    const found = signAt(source, read, at);
    if (found === undefined) continue;
    replacements.push(...found);
    at = Math.max(at, ...found.map(({ to }) => to - 1));
  }
  return t.replaceTokens(read, replacements);
}

function signAt(source: Reading, read: t.Tokens, at: number): readonly t.Replacement[] | undefined {
  const { tokens } = read;
  const token = tokens[at] as IToken;
  switch (token.tokenType) {
    case t.ForeignText:
      return [stringAt(source, read, at)];
    case t.ForeignComment:
      return [commentAt(source, read, at)];
    case t.Bad:
      return token.image.startsWith('@')
        ? annotationAt(source, read, at)
        : badAt(source, token, at);
    default:
      return pairAt(source, read, at);
  }
}

// --- strings and comments ----------------------------------------------------------------------

function stringAt(source: Reading, { tokens }: t.Tokens, at: number): t.Replacement {
  const token = tokens[at] as IToken;
  const inner = token.image.slice(1, -1);
  const isTemplate = token.image.startsWith('`');
  const plain = isTemplate ? inner.replaceAll('${', '{') : inner.replaceAll("\\'", "'");
  const text = `"${plain.replace(/\\.|"/g, (part) => (part === '"' ? '\\"' : part))}"`;
  const inReason = tokens[at - 1]?.tokenType === t.Because;
  const fix =
    plain !== inner && isTemplate && !inReason ? undefined : replacing(spanOf(source, token), text);
  const row = foreignRow('sign', isTemplate ? '`…`' : "'…'");
  reportForeign(source, row, spanOf(source, token), {
    word: shown(token.image),
    ...(isTemplate ? {} : { expected: `\`${shown(text)}\`` }),
    fix: isExact(token) ? fix : undefined,
  });
  return { from: at, to: at + 1, tokens: moved(text, token, token) };
}

function commentAt(source: Reading, read: t.Tokens, at: number): t.Replacement {
  const token = read.tokens[at] as IToken;
  const span = spanOf(source, token);
  if (token.image.startsWith('#')) {
    const sign = { ...span, end: span.start + 1 };
    reportForeign(source, foreignRow('sign', '#'), sign, { fix: replacing(sign, '//') });
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
    foreignRow('sign', '/* … */'),
    { ...span, end: span.start + 2 },
    {
      word: '/*',
      fix: endsLine ? replacing(span, text, 'write `//`') : undefined,
    },
  );
  return { from: at, to: at + 1, tokens: [] };
}

/** `@id("x")` */
function annotationAt(
  source: Reading,
  { tokens }: t.Tokens,
  at: number,
): readonly t.Replacement[] | undefined {
  const [sign, name, open] = tokens.slice(at, at + 3);
  if (sign?.image !== '@' || name === undefined || !isWord(name)) return undefined;
  const close = open?.tokenType === t.LParen ? closingAt(tokens, at + 2) : undefined;
  const end = close === undefined ? at + 1 : close;
  const span = { ...spanOf(source, sign), end: spanOf(source, name).end };
  reportForeign(source, foreignRow('sign', '@'), span, { word: `@${name.image}` });
  return [{ from: at, to: end + 1, tokens: [] }];
}

// --- operators ---------------------------------------------------------------------------------

/** The lexer makes one token of adjacent invalid characters. */
function badAt(source: Reading, token: IToken, at: number): readonly t.Replacement[] | undefined {
  const known: IToken[] = [];
  let rest = token.image;
  let offset = token.startOffset;
  while (rest !== '') {
    const found = badSigns.find(([sign]) => rest.startsWith(sign));
    if (found === undefined) break;
    const [sign, word] = found;
    const span = { file: source.file, start: offset, end: offset + sign.length };
    // The offsets of a token in a placeholder can differ from the length of its image.
    const exact = isExact(token);
    reportForeign(source, foreignRow('sign', sign), span, {
      fix: exact ? signFix(span, word) : undefined,
    });
    known.push(...t.tokensAt(word, span.start, span.end));
    rest = rest.slice(sign.length);
    offset += sign.length;
  }
  if (rest === token.image) {
    const row = token.image === '&' || token.image === '|' ? token.image : undefined;
    if (row !== undefined) reportForeign(source, foreignRow('sign', row), spanOf(source, token));
    else if (token.image === "'")
      reportForeign(source, foreignRow('sign', "'…'"), spanOf(source, token), { word: "'" });
    return undefined;
  }
  if (rest !== '') known.push(...t.tokensAt(rest, offset, offset + rest.length));
  return [{ from: at, to: at + 1, tokens: known }];
}

function signFix(span: { file: string; start: number; end: number }, word: string): Fix {
  if (word === '') return removing(span, 'remove it');
  return word === 'not' ? replacing(span, 'not ', 'write `not`') : replacing(span, word);
}

function pairAt(
  source: Reading,
  { tokens }: t.Tokens,
  at: number,
): readonly t.Replacement[] | undefined {
  const [first, second] = [tokens[at], tokens[at + 1]];
  if (first === undefined || second === undefined || !pairStarts.has(first.tokenType))
    return undefined;
  if (!isAdjacent(first, second)) return undefined;
  const image = first.image + second.image;
  const found = pairs.find(([sign]) => sign === image);
  if (found === undefined) return undefined;
  const [sign, meant] = found;
  const row = foreignRow('sign', sign);
  const span = { ...spanOf(source, first), end: spanOf(source, second).end };
  const text = row.instead;
  const fix = text === undefined ? elseFix(tokens, at, span) : replacing(span, text);
  reportForeign(source, row, span, { fix });
  return [{ from: at, to: at + 2, tokens: t.tokensAt(meant, span.start, span.end) }];
}

/** `else` binds more tightly than `??`, so the fix is certain only if it is alone in parentheses. */
function elseFix(
  tokens: readonly IToken[],
  at: number,
  span: { file: string; start: number; end: number },
): Fix | undefined {
  const value = tokens[at + 2];
  const close = tokens[at + 3];
  if (value === undefined || close?.tokenType !== t.RParen) return undefined;
  let from = at - 1;
  while (from > 0 && isPathPart(tokens[from] as IToken)) from -= 1;
  return tokens[from]?.tokenType === t.LParen ? replacing(span, 'else') : undefined;
}

function isPathPart(token: IToken): boolean {
  return isWord(token) || token.tokenType === t.Dot;
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
    [t.Is, t.Not, t.Greater, t.Matches, t.Dot, t.Comma, t.Equals].includes(tokenType) ||
    tokenType.CATEGORIES?.includes(t.Infix) === true
  );
}

/** Returns the index of the bracket that closes the one at `open`. */
export function closingAt(tokens: readonly IToken[], open: number): number | undefined {
  let depth = 0;
  for (let at = open; at < tokens.length; at += 1) {
    const type = (tokens[at] as IToken).tokenType;
    if (type === t.LBrace || type === t.LParen || type === t.LBracket) depth += 1;
    if (type === t.RBrace || type === t.RParen || type === t.RBracket) depth -= 1;
    if (depth === 0) return at;
  }
  return undefined;
}

export function isWord({ tokenType }: IToken): boolean {
  return tokenType === t.Name || tokenType.CATEGORIES?.includes(t.Word) === true;
}

export function endOf({ startOffset, endOffset }: IToken): number {
  return (endOffset ?? startOffset) + 1;
}

function isAdjacent(first: IToken, second: IToken): boolean {
  return endOf(first) === second.startOffset;
}

export function spanOf({ file }: Origin, token: IToken) {
  return { file, start: token.startOffset, end: endOf(token) };
}

/** Tokenizes a text and gives the tokens the span of others. */
export function moved(text: string, first: IToken, last: IToken): readonly IToken[] {
  return t.tokensAt(text, first.startOffset, endOf(last));
}

function isExact(token: IToken): boolean {
  return endOf(token) - token.startOffset === token.image.length;
}

function shown(image: string): string {
  return image.length > 40 ? `${image.slice(0, 39)}…` : image;
}

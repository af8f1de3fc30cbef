// Tokens in, the concrete syntax tree out; everything that is wrong with characters and grammar is
// reported here, once for each place. There is no tree where the text nests too deep or is nonsense.

import { type CstNode, EOF, type IRecognitionException, type IToken } from 'chevrotain';
import type { Extra, Reporter } from './diagnostics.ts';
import { expectationOf, TooManyErrors } from './expectations.ts';
import { type Fix, removing, replacing } from './fix.ts';
import { expectations, parser, TooDeep } from './grammar.ts';
import { readPattern } from './pattern-literal.ts';
import { type Break, beginsAnew, breakAt } from './recovery.ts';
import type { Span } from './source.ts';
import { guess, suggest } from './suggest.ts';
import { isPlainText, readText, type TextProblem } from './text-literal.ts';
import {
  Bad,
  isKeyword,
  itemKeywords,
  Name,
  nestingLimit,
  Pattern,
  Text,
  type Tokens,
} from './tokens.ts';

type Entry = 'file' | 'expression';

/** Texts are not always policies: more than this says nothing new. */
const characterLimit = 1000;

export interface Origin {
  readonly file: string;
  readonly reporter: Reporter;
}

export interface Cst {
  readonly tree: CstNode | undefined;
  /** Where the text left the grammar. */
  readonly errors: readonly Break[];
}

export function tokenSpan(source: Origin, token: IToken): Span {
  const end = token.endOffset ?? token.startOffset;
  return { file: source.file, start: token.startOffset, end: end + 1 };
}

export function toCst(source: Origin, read: Tokens, entry: Entry): Cst {
  if (read.tooDeep) {
    source.reporter.report('nesting-too-deep', tokenSpan(source, read.tooDeep), {
      limit: nestingLimit,
    });
    return { tree: undefined, errors: [] };
  }
  const faulty = reportTokens(source, read.tokens);
  let tree: CstNode | undefined;
  expectations.reset(read.tokens.length);
  parser.unbalanced = !read.balanced;
  parser.input = [...read.tokens];
  try {
    tree = entry === 'file' ? parser.file() : parser.expression();
  } catch (error) {
    if (error instanceof TooDeep) {
      const span = tokenSpan(source, error.token);
      source.reporter.report('nesting-too-deep', span, { limit: nestingLimit });
    } else if (!(error instanceof TooManyErrors)) {
      throw error;
    }
  }
  const errors = parser.errors.map((error) => breakAt(read, error.token));
  let last: Break | undefined;
  for (const [index, error] of parser.errors.entries()) {
    // A parser that was stopped says that it has not read everything.
    if (tree === undefined && error.name === 'NotAllInputParsedException') continue;
    const place = errors[index] as Break;
    if (last === undefined || beginsAnew(read, last.index, place.index))
      reportError(source, error, read, faulty, entry);
    last = place;
  }
  parser.input = [];
  return { tree, errors };
}

/** Reports what is wrong within tokens; gives the offsets of those that need no second message. */
function reportTokens(source: Origin, tokens: readonly IToken[]): Set<number> {
  const faulty = new Set<number>();
  for (const token of tokens) {
    if (faulty.size > characterLimit) break;
    if (token.tokenType === Bad) {
      faulty.add(token.startOffset);
      const visible = token.image.replace(hidden, '');
      if (visible !== '') {
        const span = tokenSpan(source, token);
        const meant = signs[visible];
        source.reporter.report(
          'unexpected-character',
          span,
          { character: describeCharacter(visible) },
          meant === undefined ? {} : signExtra(span, meant),
        );
      }
    } else if (token.tokenType === Text && !isPlainText(token.image)) {
      const { problems } = readText(token.image);
      if (reportText(source, token, problems)) faulty.add(token.startOffset);
    } else if (token.tokenType === Pattern) {
      const { problems } = readPattern(token.image);
      if (reportText(source, token, problems)) faulty.add(token.startOffset);
    }
  }
  return faulty;
}

function reportText(source: Origin, token: IToken, problems: readonly TextProblem[]): boolean {
  const whole = tokenSpan(source, token);
  // In a message's placeholder a token may be shorter than its source, by the escapes in it.
  const exact = whole.end - whole.start === token.image.length;
  for (const { code, start, end } of problems.slice(0, characterLimit)) {
    const span = exact
      ? { file: whole.file, start: whole.start + start, end: whole.start + end }
      : whole;
    const text = token.image.slice(start, end);
    switch (code) {
      case 'bad-escape':
        // Of `\u` with too few digits nobody knows which are missing.
        source.reporter.report(
          code,
          span,
          { escape: text },
          exact && text[1] !== 'u' ? { fix: replacing(span, `\\${text}`) } : {},
        );
        break;
      case 'control-character':
        source.reporter.report(
          code,
          span,
          { character: describeCharacter(text) },
          exact ? { fix: replacing(span, escapeOf(text)) } : {},
        );
        break;
      case 'not-normalized': {
        const composed = text.normalize('NFC');
        const fix = replacing(span, composed, 'write the composed characters');
        source.reporter.report(code, span, {}, exact ? { fix } : {});
        break;
      }
      default:
        source.reporter.report(code, span, {});
    }
  }
  return problems.length > 0;
}

function reportError(
  source: Origin,
  error: IRecognitionException,
  read: Tokens,
  faulty: Set<number>,
  entry: Entry,
): void {
  const atEnd = error.token.tokenType === EOF;
  const token = atEnd ? read.tokens.at(-1) : error.token;
  const span = token ? tokenSpan(source, token) : { file: source.file, start: 0, end: 0 };
  if (faulty.has(span.start)) return;
  faulty.add(span.start);
  const { phrase, keywords } = expectationOf(error.message);
  const { image, tokenType } = error.token;
  const found = atEnd ? `the end of the ${entry}` : `\`${shorten(image)}\``;
  const misspelt = tokenType === Name && !isKeyword(image);
  const near = misspelt ? guess(image, span, keywords) : {};
  // What it would have declared is not there.
  if (misspelt) source.reporter.lose(suggest(image, keywords));
  const opened = openedBy(read, error.token, phrase);
  source.reporter.report(
    'syntax-error',
    span,
    { expected: phrase, found },
    {
      ...near,
      related: opened.map(({ token: place, message }) => ({
        span: tokenSpan(source, place),
        message,
      })),
    },
  );
}

/** Where a closing bracket is missed: what it would close, as far as the indentation tells. */
function openedBy(
  { unclosed, mismatch, balanced }: Tokens,
  found: IToken,
  phrase: string,
): readonly { readonly token: IToken; readonly message: string }[] {
  const [, closing] = /^`([)\]])`$/.exec(phrase) ?? [];
  if (closing !== undefined) {
    const image = closing === ')' ? '(' : '[';
    const open = unclosed.findLast(
      (token) => token.image === image && token.startOffset < found.startOffset,
    );
    return open === undefined ? [] : [{ token: open, message: 'opened here' }];
  }
  const last = unclosed.at(-1);
  const behind = found.tokenType === EOF || found.startOffset > (mismatch?.close.startOffset ?? 0);
  if (balanced || mismatch === undefined || !behind) {
    const isMissed = found.tokenType === EOF || itemKeywords.has(found.tokenType);
    return last === undefined || !isMissed ? [] : [{ token: last, message: 'opened here' }];
  }
  return [
    { token: mismatch.open, message: 'opened here' },
    {
      token: mismatch.close,
      message: 'and closed by this, which is indented as if to close another',
    },
  ];
}

/** What other languages write for words of this one; nothing for what it does without. */
const signs: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '!': 'not ', ';': '' };

function signExtra(span: Span, meant: string): Extra {
  if (meant === '') {
    const help =
      'nothing stands between declarations, nor between rules: a new one begins with its word';
    return { help, fix: removing(span, 'remove it') };
  }
  const word = meant.trim();
  return {
    label: `did you mean \`${word}\`?`,
    help: 'conditions are joined by words: `and`, `or` and `not`',
    fix: replacing(span, meant, `write \`${word}\``),
  };
}

function escapeOf(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  return short === character
    ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
    : short;
}

function shorten(image: string): string {
  return image.length > 40 ? `${image.slice(0, 39)}…` : image;
}

/** Bidirectional, invisible and line-breaking characters, and halves of surrogate pairs. */
const hidden = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cs}\u0085\u2028\u2029]|\r(?!\n)/gu;
const mayHide = /[^\n -~\t]/;

/** Anywhere in a file, also in comments: what one sees must be what is read. */
export function reportHidden(source: Origin, text: string): void {
  if (!mayHide.test(text)) return;
  let found = 0;
  for (const match of text.matchAll(hidden)) {
    found += 1;
    if (found > characterLimit) break;
    const start = match.index;
    if (start === 0 && match[0] === '\ufeff') continue;
    const span = { file: source.file, start, end: start + match[0].length };
    if (/\p{Cs}/u.test(match[0])) source.reporter.report('lone-surrogate', span, {});
    else {
      source.reporter.report(
        'hidden-character',
        span,
        { character: codePointOf(match[0]) },
        match[0] === '\r' ? {} : { fix: hiddenFix(text, span) },
      );
    }
  }
}

/** Where it stands in a string it may be meant, and is spelled out; elsewhere it can only go. */
function hiddenFix(text: string, span: Span): Fix | undefined {
  const line = text.slice(text.lastIndexOf('\n', span.start) + 1, span.start);
  const inComment = /^(?:[^"]|"(?:[^"\\]|\\.)*")*?\/\//.test(line);
  const inString = !inComment && (line.replace(/\\./g, '').split('"').length - 1) % 2 === 1;
  if (!inString) return removing(span, 'remove it');
  // Patterns have escapes of their own.
  if (/(?:glob|regex|spiffe)"[^"]*$/.test(line)) return undefined;
  const units = text.slice(span.start, span.end).split('');
  const escaped = units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return replacing(span, escaped.join(''), 'write it as an escape');
}

function codePointOf(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `U+${hex.padStart(4, '0')}`;
}

function describeCharacter(text: string): string {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0);
  return /[\p{C}\p{Z}]/u.test(first) ? codePointOf(first) : `\`${shorten(text)}\``;
}

// Parses tokens to the concrete syntax tree and reports all errors of characters and grammar, one for each
// position. There is no tree if the text nests too deep or has too many errors.

import { type CstNode, EOF, type IRecognitionException, type IToken } from 'chevrotain';
import type { Origin } from '../diagnostics/diagnostics.ts';
import { type Fix, proposeRemoval, proposeReplacement } from '../diagnostics/fix.ts';
import { guess } from '../diagnostics/guess.ts';
import type { Span } from '../support/source.ts';
import { suggest } from '../support/suggest.ts';
import { parseExpectedPhrase, TooManyErrors } from './expectations.ts';
import { explainSyntaxError } from './foreign/index.ts';
import { SyntaxErrorContext } from './foreign/repair.ts';
import { isForeignSign, translateSigns } from './foreign/signs.ts';
import { examplesByRule } from './foreign/statements.ts';
import { expectations, parser, TooDeep } from './grammar/grammar.ts';
import { readPattern } from './literals/pattern.ts';
import { isPlainText, readTextLiteral, type TextProblem } from './literals/string.ts';
import { isIndependent, locateSyntaxError, type SyntaxErrorPosition } from './recovery.ts';
import {
  BadToken,
  isKeyword,
  itemKeywords,
  NameToken,
  nestingLimit,
  PatternToken,
  type Replacement,
  replaceTokens,
  TextToken,
  type Tokens,
} from './tokens.ts';

type Entry = 'file' | 'expression';

/** The maximum number of reported characters: a text with more is not a policy. */
const characterLimit = 1000;

export type { Origin } from '../diagnostics/diagnostics.ts';

export interface Cst {
  readonly tree: CstNode | undefined;
  /** The positions of the syntax errors. */
  readonly errors: readonly SyntaxErrorPosition[];
  /** The tokens that were parsed: known mistakes are replaced by what was meant. */
  readonly read: Tokens;
}

export function getTokenSpan(source: Origin, token: IToken): Span {
  const end = token.endOffset ?? token.startOffset;
  return { file: source.file, start: token.startOffset, end: end + 1 };
}

/** The maximum number of times that a text is parsed again after replacements. */
const maxRounds = 30;
/** A bound for the total number of parsed tokens: each round parses all of them. */
const maxParsedTokens = 300_000;

export function toCst(source: Origin, written: Tokens, entry: Entry): Cst {
  if (written.tooDeep) {
    source.reporter.report('nesting-too-deep', getTokenSpan(source, written.tooDeep), {
      limit: nestingLimit,
    });
    return { tree: undefined, errors: [], read: written };
  }
  let read = translateSigns(source, written);
  const faulty = reportTokens(source, read.tokens);
  const explained = new Set<number>();
  const rounds = Math.min(maxRounds, Math.floor(maxParsedTokens / (read.tokens.length + 1)));
  for (let round = 0; ; round += 1) {
    const { tree, errors } = parseTokens(source, read, entry);
    const breaks = errors.map((error) => locateSyntaxError(read, error.token));
    const independent = errors.filter((error, index) => {
      // A parser that was stopped also reports that it has not read all tokens.
      if (tree === undefined && error.name === 'NotAllInputParsedException') return false;
      const [before, place] = [breaks[index - 1], breaks[index] as SyntaxErrorPosition];
      return before === undefined || isIndependent(read, before.index, place.index);
    });
    const replacements: Replacement[] = [];
    const unexplained: IRecognitionException[] = [];
    for (const error of independent) {
      const place = makeErrorContext(source, read, error);
      const start = error.token.startOffset;
      if (explained.has(start) || faulty.has(start)) continue;
      const repair = explainSyntaxError(place);
      if (repair === undefined) {
        unexplained.push(error);
        continue;
      }
      const others = repair.replacements ?? [];
      const free = others.every((one) => !replacements.some((other) => overlap(one, other)));
      // The next round finds it again.
      if (!free) continue;
      repair.report();
      faulty.add(repair.span.start);
      explained.add(start);
      replacements.push(...others);
    }
    if (replacements.length === 0 || round >= rounds) {
      for (const error of unexplained) reportError(source, error, read, faulty, entry);
      return { tree, errors: breaks, read };
    }
    read = replaceTokens(read, replacements);
  }
}

function overlap(a: Replacement, b: Replacement): boolean {
  return a.from <= b.to && b.from <= a.to;
}

function parseTokens(
  source: Origin,
  read: Tokens,
  entry: Entry,
): { readonly tree: CstNode | undefined; readonly errors: readonly IRecognitionException[] } {
  let tree: CstNode | undefined;
  expectations.reset(read.tokens.length);
  parser.unbalanced = !read.balanced;
  parser.input = [...read.tokens];
  try {
    tree = entry === 'file' ? parser.file() : parser.expression();
  } catch (error) {
    if (error instanceof TooDeep) {
      const span = getTokenSpan(source, error.token);
      source.reporter.report('nesting-too-deep', span, { limit: nestingLimit });
    } else if (!(error instanceof TooManyErrors)) {
      throw error;
    }
  }
  const { errors } = parser;
  parser.input = [];
  return { tree, errors };
}

/** The position of an error, with what was expected there. */
function makeErrorContext(
  source: Origin,
  read: Tokens,
  error: IRecognitionException,
): SyntaxErrorContext {
  const { phrase } = parseExpectedPhrase(error.message);
  const rule = error.context.ruleStack.at(-1) ?? '';
  const found = read.tokens.indexOf(error.token);
  const index = found === -1 ? read.tokens.length : found;
  return new SyntaxErrorContext(source, read, index, phrase, rule);
}

/** Reports errors within tokens; returns the offsets of the faulty tokens, which need no further message. */
function reportTokens(source: Origin, tokens: readonly IToken[]): Set<number> {
  const faulty = new Set<number>();
  for (const token of tokens) {
    if (faulty.size > characterLimit) break;
    if (token.tokenType === BadToken) {
      faulty.add(token.startOffset);
      const visible = token.image.replace(hidden, '');
      if (visible !== '') {
        const span = getTokenSpan(source, token);
        if (!isForeignSign(visible))
          source.reporter.report('unexpected-character', span, {
            character: describeCharacter(visible),
          });
      }
    } else if (token.tokenType === TextToken && !isPlainText(token.image)) {
      const { problems } = readTextLiteral(token.image);
      if (reportText(source, token, problems)) faulty.add(token.startOffset);
    } else if (token.tokenType === PatternToken) {
      const { problems } = readPattern(token.image);
      if (reportText(source, token, problems)) faulty.add(token.startOffset);
    }
  }
  return faulty;
}

function reportText(source: Origin, token: IToken, problems: readonly TextProblem[]): boolean {
  const wholeSpan = getTokenSpan(source, token);
  // In a placeholder of a string, a token can be shorter than its source, which may contain escapes.
  const exact = wholeSpan.end - wholeSpan.start === token.image.length;
  for (const { code, start, end } of problems.slice(0, characterLimit)) {
    const span = exact
      ? { file: wholeSpan.file, start: wholeSpan.start + start, end: wholeSpan.start + end }
      : wholeSpan;
    const text = token.image.slice(start, end);
    switch (code) {
      case 'bad-escape':
        // There is no fix for `\u` with too few digits: the missing ones are not known.
        source.reporter.report(
          code,
          span,
          { escape: text },
          exact && text[1] !== 'u' ? { fix: proposeReplacement(span, `\\${text}`) } : {},
        );
        break;
      case 'control-character':
        source.reporter.report(
          code,
          span,
          { character: describeCharacter(text) },
          exact ? { fix: proposeReplacement(span, escapeCharacter(text)) } : {},
        );
        break;
      case 'not-normalized': {
        const composed = text.normalize('NFC');
        const fix = proposeReplacement(span, composed, 'write the composed characters');
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
  const span = token ? getTokenSpan(source, token) : { file: source.file, start: 0, end: 0 };
  if (faulty.has(span.start)) return;
  faulty.add(span.start);
  const { phrase, keywords } = parseExpectedPhrase(error.message);
  const { image, tokenType } = error.token;
  const found = atEnd ? `the end of the ${entry}` : `\`${shorten(image)}\``;
  const misspelt = tokenType === NameToken && !isKeyword(image);
  const near = misspelt ? guess(image, span, keywords) : {};
  // The declaration that the misspelled keyword would begin is missing.
  if (misspelt) source.reporter.markDropped(suggest(image, keywords));
  const opened = findOpeningBracket(read, error.token, phrase);
  const blockHelp = near.label === undefined ? phraseHelp[phrase] : undefined;
  const help = blockHelp ?? examplesByRule[error.context.ruleStack.at(-1) ?? ''];
  source.reporter.report(
    'syntax-error',
    span,
    { expected: phrase, found },
    {
      ...near,
      help,
      related: opened.map(({ token: place, message }) => ({
        span: getTokenSpan(source, place),
        message,
      })),
    },
  );
}

/** Help texts by the expected phrase; they take precedence over those by grammar rule. */
const phraseHelp: Readonly<Record<string, string>> = {
  '`then`': 'write a choice as `if a then b else c`',
  '`else`': 'a choice has two branches: `if a then b else c`; for a condition, write `a and b`',
  '`}`': 'a block that begins with `{` ends with `}`',
  'an effect such as `permit` or `deny`, `let`, `given`, `score` or `}`':
    'a condition continues with an operator such as `and`; a new rule begins with its effect: `permit NAME when …`',
  '`satisfies`': 'test elements with `any x in xs satisfies …` or `all x in xs satisfies …`',
};

/** Finds the bracket that a missing closing bracket would close, by the indentation. */
function findOpeningBracket(
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
  const isAfter = found.tokenType === EOF || found.startOffset > (mismatch?.close.startOffset ?? 0);
  if (balanced || mismatch === undefined || !isAfter) {
    const isMissed = found.tokenType === EOF || itemKeywords.has(found.tokenType);
    return last === undefined || !isMissed ? [] : [{ token: last, message: 'opened here' }];
  }
  return [
    { token: mismatch.open, message: 'opened here' },
    {
      token: mismatch.close,
      message: 'closed here, but the indentation suggests another block',
    },
  ];
}

function escapeCharacter(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  return short === character
    ? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
    : short;
}

function shorten(image: string): string {
  return image.length > 40 ? `${image.slice(0, 39)}…` : image;
}

/** Bidirectional, invisible and line-breaking characters, and lone surrogates. */
const hidden = /[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Cs}\u0085\u2028\u2029]|\r(?!\n)/gu;
const mayHide = /[^\n -~\t]/;

/** Reports hidden characters anywhere in a file, also in comments: a reader must see what the parser reads. */
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
        { character: formatCodePoint(match[0]) },
        match[0] === '\r' ? {} : { fix: fixHiddenCharacter(text, span) },
      );
    }
  }
}

/** Writes a hidden character in a string as an escape, since it may be intended; removes it elsewhere. */
function fixHiddenCharacter(text: string, span: Span): Fix | undefined {
  const line = text.slice(text.lastIndexOf('\n', span.start) + 1, span.start);
  const inComment = /^(?:[^"]|"(?:[^"\\]|\\.)*")*?\/\//.test(line);
  const inString = !inComment && (line.replace(/\\./g, '').split('"').length - 1) % 2 === 1;
  if (!inString) return proposeRemoval(span, 'remove it');
  // A pattern has different escapes.
  if (/(?:glob|regex|spiffe)"[^"]*$/.test(line)) return undefined;
  const units = text.slice(span.start, span.end).split('');
  const escaped = units.map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return proposeReplacement(span, escaped.join(''), 'write it as an escape');
}

function formatCodePoint(character: string): string {
  const hex = (character.codePointAt(0) ?? 0).toString(16).toUpperCase();
  return `U+${hex.padStart(4, '0')}`;
}

function describeCharacter(text: string): string {
  const first = String.fromCodePoint(text.codePointAt(0) ?? 0);
  return /[\p{C}\p{Z}]/u.test(first) ? formatCodePoint(first) : `\`${shorten(text)}\``;
}

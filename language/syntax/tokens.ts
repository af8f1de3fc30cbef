// Splits source text into tokens. The lexer reads words as names; a table then turns them into keywords,
// except after a dot. Unreadable characters become `Bad` tokens. Never throws. Brackets are counted here,
// before the parser recurses over them.

import { createToken, createTokenInstance, type IToken, Lexer, type TokenType } from 'chevrotain';
import { addressPattern } from './literals/address.ts';

/** The maximum nesting depth of brackets, and of expressions. */
export const nestingLimit = 100;

function category(name: string, label: string): TokenType {
  return createToken({ name, pattern: Lexer.NA, label });
}

/** Every name and keyword. */
export const Word = category('Word', 'a name');
/** Words that can be references in expressions: names, and keywords that are not reserved. */
export const FreeWord = category('FreeWord', 'a name');
export const Literal = category('Literal', 'a value');
export const EffectWord = category('EffectWord', 'an effect such as `permit` or `deny`');
/** Each result that a test can expect: an effect, or whether a permit is possible. */
export const ExpectedWord = category('ExpectedWord', 'an effect such as `permit` or `deny`');
/** The keywords that begin history terms. */
export const HistoryWord = category('HistoryWord', '`once`, `count`, `sum`, `since` or `last`');
/** The keywords that begin aggregates. */
export const AggregateWord = category('AggregateWord', '`sum`, `min` or `max`');
/** The decisions that an event pattern selects. */
export const EventWord = category('EventWord', '`decided`, `allowed` or `refused`');
/** Binary operators that are a single token. */
export const Infix = category('Infix', 'an operator');

export const Name = createToken({
  name: 'Name',
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: [Word, FreeWord],
  label: 'a name',
});
export const Text = createToken({
  name: 'Text',
  // An unterminated string ends with its line, so that the lines below are still read.
  pattern: /"[^"\\\n\r]*(?:\\[^\n\r][^"\\\n\r]*)*(?:"|\\)?/,
  categories: [Literal],
  label: 'a string',
  line_breaks: false,
});
/** Includes invalid addresses, which then get a single message. */
export const Address = createToken({
  name: 'Address',
  pattern: addressPattern,
  categories: [Literal],
  label: 'an address such as `10.0.0.0/8`',
});
/** A pattern literal; a backslash and the character after it are part of the pattern. */
export const Pattern = createToken({
  name: 'Pattern',
  pattern: /(?:glob|regex|spiffe)"[^"\\\n\r]*(?:\\[^\n\r][^"\\\n\r]*)*(?:"|\\)?/,
  label: 'a pattern such as `glob"…"` or `regex"…"`',
  line_breaks: false,
});
export const Timestamp = createToken({
  name: 'Timestamp',
  pattern:
    /[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt][0-9:.]*(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?)?(?![0-9A-Za-z_])/,
  categories: [Literal],
  label: 'an instant such as `2026-12-25T00:00:00Z`',
});
/** `09:00`: the duration since midnight. A colon after it belongs to an entry of a table. */
export const TimeOfDay = createToken({
  name: 'TimeOfDay',
  pattern: /[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?!:?[0-9A-Za-z_]|::)/,
  categories: [Literal],
  label: 'a time of day such as `09:00`',
});
export const Duration = createToken({
  name: 'Duration',
  pattern: /[0-9]+(?:_[0-9]+)*(?:ms|s|m|h|d)(?![0-9A-Za-z_])/,
  categories: [Literal],
  label: 'a duration',
});
export const Decimal = createToken({
  name: 'Decimal',
  pattern:
    /[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)(?![0-9A-Za-z_])/,
  categories: [Literal],
  label: 'a number',
});
export const Int = createToken({
  name: 'Int',
  pattern: /[0-9]+(?:_[0-9]+)*(?![0-9A-Za-z_])/,
  categories: [Literal],
  label: 'a whole number',
});
/** An invalid number; it is a literal, so that it gets a single message. */
export const BadNumber = createToken({
  name: 'BadNumber',
  pattern: /[0-9][0-9A-Za-z_]*(?:\.[0-9][0-9A-Za-z_]*)?/,
  categories: [Literal],
  label: 'a number',
});
/** A string in single quotes or backticks, as in other languages; never valid. */
export const ForeignText = createToken({
  name: 'ForeignText',
  pattern: /'[^'\n\r]*'|`[^`\n\r]*`/,
  label: 'a string',
  line_breaks: false,
});
/** A comment of other languages; never valid. */
export const ForeignComment = createToken({
  name: 'ForeignComment',
  pattern: /#[^\n\r]*|\/\*[\s\S]*?\*\//,
  label: 'a comment',
  start_chars_hint: ['#', '/'],
  line_breaks: true,
});
/** Characters that cannot begin a token. */
export const Bad = createToken({ name: 'Bad', pattern: Lexer.NA, label: 'a character' });

function symbol(name: string, text: string, categories: TokenType[] = []): TokenType {
  return createToken({ name, pattern: text, categories, label: `\`${text}\`` });
}

export const LBrace = symbol('LBrace', '{');
export const RBrace = symbol('RBrace', '}');
export const LParen = symbol('LParen', '(');
export const RParen = symbol('RParen', ')');
export const LBracket = symbol('LBracket', '[');
export const RBracket = symbol('RBracket', ']');
export const Comma = symbol('Comma', ',');
export const Colon = symbol('Colon', ':');
export const Question = symbol('Question', '?');
export const Dot = symbol('Dot', '.');
export const DotDot = symbol('DotDot', '..');
export const Arrow = symbol('Arrow', '->');
export const EqualEqual = symbol('EqualEqual', '==', [Infix]);
export const NotEqual = symbol('NotEqual', '!=', [Infix]);
const LessEqual = symbol('LessEqual', '<=', [Infix]);
export const Less = symbol('Less', '<', [Infix]);
/** `>=` consists of two adjacent tokens, since in `Set<String>= {}` the `>` closes a type. */
export const Greater = symbol('Greater', '>');
export const Equals = symbol('Equals', '=');
const Plus = symbol('Plus', '+', [Infix]);
export const Minus = symbol('Minus', '-', [Infix]);
const Star = symbol('Star', '*', [Infix]);
export const Slash = symbol('Slash', '/', [Infix]);

const keywords = new Map<string, TokenType>();

function keyword(text: string, ...categories: TokenType[]): TokenType {
  const type = createToken({
    name: text.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    pattern: Lexer.NA,
    categories,
    label: `\`${text}\``,
  });
  keywords.set(text, type);
  return type;
}

const reservedTexts = new Set<string>();

/** The keywords that cannot be references in expressions. */
export const reservedWords: ReadonlySet<string> = reservedTexts;

function reserved(text: string, ...categories: TokenType[]): TokenType {
  reservedTexts.add(text);
  return keyword(text, Word, ...categories);
}

/** Defines a keyword that can also be a name. */
const contextual = (text: string, ...categories: TokenType[]): TokenType =>
  keyword(text, Word, FreeWord, ...categories);

export const True = reserved('true');
export const False = reserved('false');
export const Not = reserved('not');
export const If = reserved('if');
export const Then = reserved('then');
export const Else = reserved('else', Infix);
reserved('and', Infix);
export const Or = reserved('or', Infix);
reserved('implies', Infix);
export const Any = reserved('any');
export const All = reserved('all');
export const Is = reserved('is');
export const In = reserved('in', Infix);
export const Within = reserved('within', Infix);
export const Intersects = reserved('intersects', Infix);
reserved('union', Infix);
reserved('intersect', Infix);
reserved('minus', Infix);
export const Satisfies = reserved('satisfies');
export const Let = reserved('let');
export const When = reserved('when');
export const To = reserved('to');
export const Because = reserved('because');
export const Covers = reserved('covers');
export const Given = reserved('given');
export const Otherwise = reserved('otherwise');

contextual('starts_with', Infix);
contextual('ends_with', Infix);
export const Contains = contextual('contains', Infix);
contextual('under', Infix);
export const Matches = contextual('matches');
export const Separated = contextual('separated');
export const By = contextual('by');
export const Ignoring = contextual('ignoring');
export const Case = contextual('case');
export const Present = contextual('present');
export const Missing = contextual('missing');

export const Policy = contextual('policy');
export const Version = contextual('version');
export const Use = contextual('use');
export const From = contextual('from');
export const Enum = contextual('enum');
export const Record = contextual('record');
export const Const = contextual('const');
export const Predicate = contextual('predicate');
export const FunctionWord = contextual('function');
export const Subject = contextual('subject');
export const Action = contextual('action');
export const Resource = contextual('resource');
export const Context = contextual('context');
export const External = contextual('external');
export const Transitive = contextual('transitive');
export const Table = contextual('table');
export const Constraint = contextual('constraint');
export const Obligation = contextual('obligation');
export const Limits = contextual('limits');
export const Lower = contextual('lower');
export const Smallest = contextual('smallest');
export const Largest = contextual('largest');
export const Wins = contextual('wins');
export const Must = contextual('must');
export const Agree = contextual('agree');
export const Fresh = contextual('fresh');
export const Secret = contextual('secret');
export const Seconds = contextual('seconds');
export const Window = contextual('window');
export const Last = contextual('last', HistoryWord);
export const Except = contextual('except');
contextual('once', HistoryWord);
contextual('count', HistoryWord);
export const Sum = contextual('sum', HistoryWord, AggregateWord);
contextual('min', AggregateWord);
contextual('max', AggregateWord);
contextual('since', HistoryWord);
contextual('decided', EventWord);
contextual('allowed', EventWord);
contextual('refused', EventWord);
export const Signal = contextual('signal');
export const Signals = contextual('signals');
export const Outcome = contextual('outcome');
export const Outcomes = contextual('outcomes');
export const Actions = contextual('actions');
export const Resources = contextual('resources');
export const Across = contextual('across');
export const Sessions = contextual('sessions');
export const Per = contextual('per');
export const Of = contextual('of');
export const Today = contextual('today');
export const This = contextual('this');
export const Up = contextual('up');
export const For = contextual('for');
export const Doing = contextual('doing');
export const On = contextual('on');
export const Ignore = contextual('ignore');
export const Score = contextual('score');
export const Counts = contextual('counts');
export const Unless = contextual('unless');
export const Where = contextual('where');
export const Unknown = contextual('unknown');
export const Skip = contextual('skip');
contextual('permit', EffectWord, ExpectedWord);
contextual('narrow', EffectWord, ExpectedWord);
contextual('challenge', EffectWord, ExpectedWord);
export const Deny = contextual('deny', EffectWord, ExpectedWord);
contextual('revoke', EffectWord, ExpectedWord);
contextual('possible', ExpectedWord);
contextual('impossible', ExpectedWord);
export const Invariant = contextual('invariant');
export const Fixture = contextual('fixture');
export const Test = contextual('test');
export const Request = contextual('request');
export const Session = contextual('session');
export const At = contextual('at');
export const After = contextual('after');
export const Granted = contextual('granted');
export const Ask = contextual('ask');
export const Times = contextual('times');
export const With = contextual('with');
export const Each = contextual('each');
export const Expect = contextual('expect');
export const Until = contextual('until');

/** `for` in brackets, where no group begins. */
export const ForEach = createToken({
  name: 'ForEach',
  pattern: Lexer.NA,
  categories: [Word, FreeWord],
  label: '`for`',
});
/** `for` after `granted`, where no group begins either. */
export const ForAsLong = createToken({
  name: 'ForAsLong',
  pattern: Lexer.NA,
  categories: [Word, FreeWord],
  label: '`for`',
});

/** The keywords that begin a declaration. */
export const itemKeywords: ReadonlySet<TokenType> = new Set([
  Policy,
  Use,
  Enum,
  Record,
  Const,
  Predicate,
  FunctionWord,
  Subject,
  Action,
  Resource,
  Context,
  Signals,
  Outcomes,
  Actions,
  Resources,
  External,
  Transitive,
  Table,
  Constraint,
  Window,
  Obligation,
  For,
  Invariant,
  Fixture,
  Test,
]);

export function isKeyword(text: string): boolean {
  return keywords.has(text);
}

const Space = createToken({
  name: 'Space',
  pattern: /[ \t\r\n\uFEFF]+/,
  group: Lexer.SKIPPED,
  line_breaks: true,
});
const Comment = createToken({
  name: 'Comment',
  pattern: /\/\/[^\n]*/,
  group: 'comments',
  line_breaks: false,
});

const lexed = [
  Space,
  Comment,
  ForeignComment,
  ForeignText,
  Address,
  // Before `Name`, which would match its first letters.
  Pattern,
  Name,
  Timestamp,
  TimeOfDay,
  Duration,
  Decimal,
  Int,
  BadNumber,
  Text,
  LBrace,
  RBrace,
  LParen,
  RParen,
  LBracket,
  RBracket,
  Comma,
  Colon,
  Question,
  DotDot,
  Dot,
  Arrow,
  EqualEqual,
  NotEqual,
  LessEqual,
  Less,
  Greater,
  Equals,
  Plus,
  Minus,
  Star,
  Slash,
];

export const vocabulary: TokenType[] = [
  Word,
  FreeWord,
  Literal,
  EffectWord,
  ExpectedWord,
  HistoryWord,
  AggregateWord,
  EventWord,
  Infix,
  Bad,
  ForEach,
  ForAsLong,
  ...lexed,
  ...keywords.values(),
];

/** `skipValidations` saves time at startup; a test validates the tokens. */
export function makeLexer(skipValidations: boolean): Lexer {
  return new Lexer(lexed, {
    skipValidations,
    positionTracking: 'onlyOffset',
    ensureOptimizations: true,
  });
}

const lexer = makeLexer(true);

export interface Tokens {
  readonly text: string;
  /** The number of open brackets before each token, never below 0. */
  readonly depths: readonly number[];
  readonly tokens: IToken[];
  /** The first bracket that exceeds `nestingLimit`. */
  readonly tooDeep: IToken | undefined;
  /** The opening brackets that are not closed. */
  readonly unclosed: readonly IToken[];
  /** The first pair of brackets with different indentation: a bracket between them is missing. */
  readonly mismatch: { readonly open: IToken; readonly close: IToken } | undefined;
  /** Whether all brackets are paired. */
  readonly balanced: boolean;
}

const opening: ReadonlyMap<TokenType, TokenType> = new Map([
  [RBrace, LBrace],
  [RParen, LParen],
  [RBracket, LBracket],
]);

export function tokenize(text: string): Tokens {
  const { tokens: read, errors } = lexer.tokenize(text);
  const tokens = errors.length === 0 ? read : withBadTokens(read, errors, text);
  const open: IToken[] = [];
  const depths: number[] = [];
  // The depth by the layout: it is 0 at a declaration that begins a line, even if a bracket is open.
  let depth = 0;
  let unopened = 0;
  let mismatch: Tokens['mismatch'];
  const forgotten: IToken[] = [];
  let tooDeep: IToken | undefined;
  let previous: IToken | undefined;
  for (const [at, token] of tokens.entries()) {
    const type = token.tokenType;
    depths.push(depth);
    token.endOffset = token.startOffset + token.image.length - 1;
    if (type === Name) {
      if (previous?.tokenType === Granted && token.image === 'for') become(token, ForAsLong);
      else if (
        open.length > 0 &&
        isForEach(token, tokens[at + 2], text[token.startOffset - 1], depth)
      )
        become(token, ForEach);
      else if (previous?.tokenType !== Dot) classify(token, depth, text);
      if (itemKeywords.has(token.tokenType) && text[token.startOffset - 1] === '\n') depth = 0;
    } else if (type === LBrace || type === LParen || type === LBracket) {
      open.push(token);
      depth += 1;
      if (open.length > nestingLimit) tooDeep ??= token;
    } else if (type === RBrace || type === RParen || type === RBracket) {
      const other = opening.get(type);
      // A closing brace also closes brackets within its pair; other brackets do not close a brace.
      const within =
        type === RBrace ? open.findLastIndex(({ tokenType }) => tokenType === LBrace) : -1;
      if (within !== -1) forgotten.push(...open.splice(within + 1));
      const last = open.at(-1);
      const opened = last?.tokenType === other ? open.pop() : undefined;
      if (opened === undefined) unopened += 1;
      else if (mismatch === undefined && isMisaligned(text, opened, token))
        mismatch = { open: opened, close: token };
      depth = Math.max(0, depth - 1);
    }
    previous = token;
  }
  const unclosed = [...forgotten, ...open].sort((a, b) => a.startOffset - b.startOffset);
  const balanced = unclosed.length === 0 && unopened === 0;
  return { text, tokens, depths, tooDeep, unclosed, mismatch, balanced };
}

/** Whether a closing brace is the first on its line and indented differently from the line it opens on. */
function isMisaligned(text: string, open: IToken, close: IToken): boolean {
  if (close.tokenType !== RBrace) return false;
  const indent = (offset: number) => {
    const line = text.slice(text.lastIndexOf('\n', offset - 1) + 1, offset);
    return { before: line.length - line.trimStart().length, bare: line.trim() === '' };
  };
  const end = indent(close.startOffset);
  return end.bare && end.before !== indent(open.startOffset).before;
}

/**
 * Turns a word into a keyword. A keyword that begins a declaration is recognized outside of brackets or,
 * within them, at the start of a line, in case a bracket is missing. This affects recovery only: a valid
 * text has the same meaning either way.
 */
function classify(token: IToken, depth: number, text: string): void {
  const type = keywords.get(token.image);
  if (type === undefined) return;
  const before = token.startOffset - 1;
  if (depth > 0 && itemKeywords.has(type) && before >= 0 && text[before] !== '\n') return;
  become(token, type);
}

/** Whether it is a `for` that begins no group: a group begins a line, and never with `for x in`. */
function isForEach(
  { image }: IToken,
  second: IToken | undefined,
  before: string | undefined,
  depth: number,
): boolean {
  return image === 'for' && (second?.image === 'in' || (depth > 0 && before !== '\n'));
}

function become(token: IToken, type: TokenType): void {
  token.tokenType = type;
  token.tokenTypeIdx = type.tokenTypeIdx as number;
}

/** Replaces the tokens [from, to). */
export interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly tokens: readonly IToken[];
}

/** Applies replacements, which must not overlap. */
export function replaceTokens(read: Tokens, replacements: readonly Replacement[]): Tokens {
  if (replacements.length === 0) return read;
  const tokens: IToken[] = [];
  const depths: number[] = [];
  let at = 0;
  const copyUntil = (until: number) => {
    for (; at < until; at += 1) {
      tokens.push(read.tokens[at] as IToken);
      depths.push(read.depths[at] ?? 0);
    }
  };
  for (const { from, to, tokens: others } of [...replacements].sort((a, b) => a.from - b.from)) {
    copyUntil(from);
    const depth = read.depths[from] ?? 0;
    for (const token of others) {
      if (depth > 0 && itemKeywords.has(token.tokenType)) become(token, Name);
      tokens.push(token);
      depths.push(depth);
    }
    at = Math.max(at, to);
  }
  copyUntil(read.tokens.length);
  return { ...read, tokens, depths };
}

/** Tokenizes a short text and gives all tokens the same span. */
export function tokensAt(text: string, start: number, end: number): readonly IToken[] {
  const { tokens } = tokenize(text);
  for (const token of tokens) {
    token.startOffset = start;
    token.endOffset = end - 1;
  }
  return tokens;
}

/** Returns the comments of a text, which are not among the tokens. */
export function commentsIn(text: string): readonly IToken[] {
  return lexer.tokenize(text).groups.comments ?? [];
}

interface Unread {
  readonly offset: number;
  readonly length: number;
}

function withBadTokens(read: readonly IToken[], errors: readonly Unread[], text: string): IToken[] {
  const bad = errors.map(({ offset, length }) =>
    createTokenInstance(
      Bad,
      text.slice(offset, offset + length),
      offset,
      offset + length - 1,
      Number.NaN,
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ),
  );
  const merged: IToken[] = [];
  let next = 0;
  for (const token of read) {
    for (let at = bad[next]; at && at.startOffset < token.startOffset; at = bad[next]) {
      merged.push(at);
      next += 1;
    }
    merged.push(token);
  }
  return merged.concat(bad.slice(next));
}

// Splits source text into tokens. The lexer reads words as names; a table then turns them into keywords,
// except after a dot. Unreadable characters become `BadToken` tokens. Never throws. Brackets are counted here,
// before the parser recurses over them.

import { createToken, createTokenInstance, type IToken, Lexer, type TokenType } from 'chevrotain';
import { addressPattern } from './literals/address.ts';

/** The maximum nesting depth of brackets, and of expressions. */
export const nestingLimit = 100;

function category(name: string, label: string): TokenType {
  return createToken({ name, pattern: Lexer.NA, label });
}

/** Every name and keyword. */
export const WordToken = category('Word', 'a name');
/** Words that can be references in expressions: names, and keywords that are not reserved. */
export const FreeWordToken = category('FreeWord', 'a name');
export const LiteralToken = category('Literal', 'a value');
export const EffectWordToken = category('EffectWord', 'an effect such as `permit` or `deny`');
/** Each result that a test can expect: an effect, or whether a permit is possible. */
export const ExpectedWordToken = category('ExpectedWord', 'an effect such as `permit` or `deny`');
/** The keywords that begin history terms. */
export const HistoryWordToken = category(
  'HistoryWord',
  '`once`, `count`, `sum`, `since` or `last`',
);
/** The keywords that begin aggregates. */
export const AggregateWordToken = category('AggregateWord', '`sum`, `min` or `max`');
/** The decisions that an event pattern selects. */
export const EventWordToken = category('EventWord', '`decided`, `allowed` or `refused`');
/** Binary operators that are a single token. */
export const InfixToken = category('Infix', 'an operator');

export const NameToken = createToken({
  name: 'Name',
  pattern: /[A-Za-z_][A-Za-z0-9_]*/,
  categories: [WordToken, FreeWordToken],
  label: 'a name',
});
export const TextToken = createToken({
  name: 'Text',
  // An unterminated string ends with its line, so that the lines below are still read.
  pattern: /"[^"\\\n\r]*(?:\\[^\n\r][^"\\\n\r]*)*(?:"|\\)?/,
  categories: [LiteralToken],
  label: 'a string',
  line_breaks: false,
});
/** Includes invalid addresses, which then get a single message. */
export const AddressToken = createToken({
  name: 'Address',
  pattern: addressPattern,
  categories: [LiteralToken],
  label: 'an address such as `10.0.0.0/8`',
});
/** A pattern literal; a backslash and the character after it are part of the pattern. */
export const PatternToken = createToken({
  name: 'Pattern',
  pattern: /(?:glob|regex|spiffe)"[^"\\\n\r]*(?:\\[^\n\r][^"\\\n\r]*)*(?:"|\\)?/,
  label: 'a pattern such as `glob"…"` or `regex"…"`',
  line_breaks: false,
});
export const TimestampToken = createToken({
  name: 'Timestamp',
  pattern:
    /[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt][0-9:.]*(?:[Zz]|[+-][0-9]{2}:[0-9]{2})?)?(?![0-9A-Za-z_])/,
  categories: [LiteralToken],
  label: 'an instant such as `2026-12-25T00:00:00Z`',
});
/** `09:00`: the duration since midnight. A colon after it belongs to an entry of a table. */
export const TimeOfDayToken = createToken({
  name: 'TimeOfDay',
  pattern: /[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?!:?[0-9A-Za-z_]|::)/,
  categories: [LiteralToken],
  label: 'a time of day such as `09:00`',
});
export const DurationToken = createToken({
  name: 'Duration',
  pattern: /[0-9]+(?:_[0-9]+)*(?:ms|s|m|h|d)(?![0-9A-Za-z_])/,
  categories: [LiteralToken],
  label: 'a duration',
});
export const DecimalToken = createToken({
  name: 'Decimal',
  pattern:
    /[0-9]+(?:_[0-9]+)*(?:\.[0-9]+(?:_[0-9]+)*(?:[eE][+-]?[0-9]+)?|[eE][+-]?[0-9]+)(?![0-9A-Za-z_])/,
  categories: [LiteralToken],
  label: 'a number',
});
export const IntToken = createToken({
  name: 'Int',
  pattern: /[0-9]+(?:_[0-9]+)*(?![0-9A-Za-z_])/,
  categories: [LiteralToken],
  label: 'a whole number',
});
/** An invalid number; it is a literal, so that it gets a single message. */
export const BadNumberToken = createToken({
  name: 'BadNumber',
  pattern: /[0-9][0-9A-Za-z_]*(?:\.[0-9][0-9A-Za-z_]*)?/,
  categories: [LiteralToken],
  label: 'a number',
});
/** A string in single quotes or backticks, as in other languages; never valid. */
export const ForeignTextToken = createToken({
  name: 'ForeignText',
  pattern: /'[^'\n\r]*'|`[^`\n\r]*`/,
  label: 'a string',
  line_breaks: false,
});
/** A comment of other languages; never valid. */
export const ForeignCommentToken = createToken({
  name: 'ForeignComment',
  pattern: /#[^\n\r]*|\/\*[\s\S]*?\*\//,
  label: 'a comment',
  start_chars_hint: ['#', '/'],
  line_breaks: true,
});
/** Characters that cannot begin a token. */
export const BadToken = createToken({ name: 'Bad', pattern: Lexer.NA, label: 'a character' });

function symbol(name: string, text: string, categories: TokenType[] = []): TokenType {
  return createToken({ name, pattern: text, categories, label: `\`${text}\`` });
}

export const LBraceToken = symbol('LBrace', '{');
export const RBraceToken = symbol('RBrace', '}');
export const LParenToken = symbol('LParen', '(');
export const RParenToken = symbol('RParen', ')');
export const LBracketToken = symbol('LBracket', '[');
export const RBracketToken = symbol('RBracket', ']');
export const CommaToken = symbol('Comma', ',');
export const ColonToken = symbol('Colon', ':');
export const QuestionToken = symbol('Question', '?');
export const DotToken = symbol('Dot', '.');
export const DotDotToken = symbol('DotDot', '..');
export const ArrowToken = symbol('Arrow', '->');
export const EqualEqualToken = symbol('EqualEqual', '==', [InfixToken]);
export const NotEqualToken = symbol('NotEqual', '!=', [InfixToken]);
const LessEqualToken = symbol('LessEqual', '<=', [InfixToken]);
export const LessToken = symbol('Less', '<', [InfixToken]);
/** `>=` consists of two adjacent tokens, since in `Set<String>= {}` the `>` closes a type. */
export const GreaterToken = symbol('Greater', '>');
export const EqualsToken = symbol('Equals', '=');
const PlusToken = symbol('Plus', '+', [InfixToken]);
export const MinusToken = symbol('Minus', '-', [InfixToken]);
const StarToken = symbol('Star', '*', [InfixToken]);
export const SlashToken = symbol('Slash', '/', [InfixToken]);

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

function reserveKeyword(text: string, ...categories: TokenType[]): TokenType {
  reservedTexts.add(text);
  return keyword(text, WordToken, ...categories);
}

/** Defines a keyword that can also be a name. */
const contextual = (text: string, ...categories: TokenType[]): TokenType =>
  keyword(text, WordToken, FreeWordToken, ...categories);

export const TrueToken = reserveKeyword('true');
export const FalseToken = reserveKeyword('false');
export const NotToken = reserveKeyword('not');
export const IfToken = reserveKeyword('if');
export const ThenToken = reserveKeyword('then');
export const ElseToken = reserveKeyword('else', InfixToken);
reserveKeyword('and', InfixToken);
export const OrToken = reserveKeyword('or', InfixToken);
reserveKeyword('implies', InfixToken);
export const AnyToken = reserveKeyword('any');
export const AllToken = reserveKeyword('all');
export const IsToken = reserveKeyword('is');
export const InToken = reserveKeyword('in', InfixToken);
export const WithinToken = reserveKeyword('within', InfixToken);
export const IntersectsToken = reserveKeyword('intersects', InfixToken);
reserveKeyword('union', InfixToken);
reserveKeyword('intersect', InfixToken);
reserveKeyword('minus', InfixToken);
export const SatisfiesToken = reserveKeyword('satisfies');
export const LetToken = reserveKeyword('let');
export const WhenToken = reserveKeyword('when');
export const ToToken = reserveKeyword('to');
export const BecauseToken = reserveKeyword('because');
export const CoversToken = reserveKeyword('covers');
export const GivenToken = reserveKeyword('given');
export const OtherwiseToken = reserveKeyword('otherwise');

contextual('starts_with', InfixToken);
contextual('ends_with', InfixToken);
export const ContainsToken = contextual('contains', InfixToken);
contextual('under', InfixToken);
export const MatchesToken = contextual('matches');
export const SeparatedToken = contextual('separated');
export const ByToken = contextual('by');
export const IgnoringToken = contextual('ignoring');
export const CaseToken = contextual('case');
export const PresentToken = contextual('present');
export const MissingToken = contextual('missing');

export const PolicyToken = contextual('policy');
export const VersionToken = contextual('version');
export const UseToken = contextual('use');
export const FromToken = contextual('from');
export const EnumToken = contextual('enum');
export const RecordToken = contextual('record');
export const ConstToken = contextual('const');
export const PredicateToken = contextual('predicate');
export const FunctionToken = contextual('function');
export const SubjectToken = contextual('subject');
export const ActionToken = contextual('action');
export const ResourceToken = contextual('resource');
export const ContextToken = contextual('context');
export const ExternalToken = contextual('external');
export const TransitiveToken = contextual('transitive');
export const TableToken = contextual('table');
export const ConstraintToken = contextual('constraint');
export const ObligationToken = contextual('obligation');
export const LimitsToken = contextual('limits');
export const LowerToken = contextual('lower');
export const SmallestToken = contextual('smallest');
export const LargestToken = contextual('largest');
export const WinsToken = contextual('wins');
export const MustToken = contextual('must');
export const AgreeToken = contextual('agree');
export const FreshToken = contextual('fresh');
export const SecretToken = contextual('secret');
export const SecondsToken = contextual('seconds');
export const WindowToken = contextual('window');
export const LastToken = contextual('last', HistoryWordToken);
export const DuringToken = contextual('during');
export const ExceptToken = contextual('except');
contextual('once', HistoryWordToken);
contextual('count', HistoryWordToken);
export const SumToken = contextual('sum', HistoryWordToken, AggregateWordToken);
contextual('min', AggregateWordToken);
contextual('max', AggregateWordToken);
contextual('since', HistoryWordToken);
contextual('decided', EventWordToken);
contextual('allowed', EventWordToken);
contextual('refused', EventWordToken);
export const SignalToken = contextual('signal');
export const SignalsToken = contextual('signals');
export const OutcomeToken = contextual('outcome');
export const OutcomesToken = contextual('outcomes');
export const ActionsToken = contextual('actions');
export const ResourcesToken = contextual('resources');
export const AcrossToken = contextual('across');
export const SessionsToken = contextual('sessions');
export const PerToken = contextual('per');
export const OfToken = contextual('of');
export const TodayToken = contextual('today');
export const ThisToken = contextual('this');
export const UpToken = contextual('up');
export const ForToken = contextual('for');
export const DoingToken = contextual('doing');
export const OnToken = contextual('on');
export const IgnoreToken = contextual('ignore');
export const ScoreToken = contextual('score');
export const CountsToken = contextual('counts');
export const UnlessToken = contextual('unless');
export const WhereToken = contextual('where');
export const UnknownToken = contextual('unknown');
export const SkipToken = contextual('skip');
contextual('permit', EffectWordToken, ExpectedWordToken);
contextual('narrow', EffectWordToken, ExpectedWordToken);
contextual('challenge', EffectWordToken, ExpectedWordToken);
export const DenyToken = contextual('deny', EffectWordToken, ExpectedWordToken);
contextual('revoke', EffectWordToken, ExpectedWordToken);
contextual('possible', ExpectedWordToken);
contextual('impossible', ExpectedWordToken);
export const InvariantToken = contextual('invariant');
export const FixtureToken = contextual('fixture');
export const TestToken = contextual('test');
export const RequestToken = contextual('request');
export const SessionToken = contextual('session');
export const AtToken = contextual('at');
export const AfterToken = contextual('after');
export const GrantedToken = contextual('granted');
export const AskToken = contextual('ask');
export const TimesToken = contextual('times');
export const WithToken = contextual('with');
export const EachToken = contextual('each');
export const ExpectToken = contextual('expect');
export const UntilToken = contextual('until');

/** `for` in brackets, where no group begins. */
export const ForEachToken = createToken({
  name: 'ForEach',
  pattern: Lexer.NA,
  categories: [WordToken, FreeWordToken],
  label: '`for`',
});
/** `for` after `granted`, where no group begins either. */
export const ForAsLongToken = createToken({
  name: 'ForAsLong',
  pattern: Lexer.NA,
  categories: [WordToken, FreeWordToken],
  label: '`for`',
});

/** The keywords that begin a declaration. */
export const itemKeywords: ReadonlySet<TokenType> = new Set([
  PolicyToken,
  UseToken,
  EnumToken,
  RecordToken,
  ConstToken,
  PredicateToken,
  FunctionToken,
  SubjectToken,
  ActionToken,
  ResourceToken,
  ContextToken,
  SignalsToken,
  OutcomesToken,
  ActionsToken,
  ResourcesToken,
  ExternalToken,
  TransitiveToken,
  TableToken,
  ConstraintToken,
  WindowToken,
  ObligationToken,
  ForToken,
  InvariantToken,
  FixtureToken,
  TestToken,
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
  ForeignCommentToken,
  ForeignTextToken,
  AddressToken,
  // Before `NameToken`, which would match its first letters.
  PatternToken,
  NameToken,
  TimestampToken,
  TimeOfDayToken,
  DurationToken,
  DecimalToken,
  IntToken,
  BadNumberToken,
  TextToken,
  LBraceToken,
  RBraceToken,
  LParenToken,
  RParenToken,
  LBracketToken,
  RBracketToken,
  CommaToken,
  ColonToken,
  QuestionToken,
  DotDotToken,
  DotToken,
  ArrowToken,
  EqualEqualToken,
  NotEqualToken,
  LessEqualToken,
  LessToken,
  GreaterToken,
  EqualsToken,
  PlusToken,
  MinusToken,
  StarToken,
  SlashToken,
];

export const vocabulary: TokenType[] = [
  WordToken,
  FreeWordToken,
  LiteralToken,
  EffectWordToken,
  ExpectedWordToken,
  HistoryWordToken,
  AggregateWordToken,
  EventWordToken,
  InfixToken,
  BadToken,
  ForEachToken,
  ForAsLongToken,
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
  [RBraceToken, LBraceToken],
  [RParenToken, LParenToken],
  [RBracketToken, LBracketToken],
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
    if (type === NameToken) {
      if (previous?.tokenType === GrantedToken && token.image === 'for')
        become(token, ForAsLongToken);
      else if (
        open.length > 0 &&
        isForEach(token, tokens[at + 2], text[token.startOffset - 1], depth)
      )
        become(token, ForEachToken);
      else if (previous?.tokenType !== DotToken) classify(token, depth, text);
      if (itemKeywords.has(token.tokenType) && text[token.startOffset - 1] === '\n') depth = 0;
    } else if (type === LBraceToken || type === LParenToken || type === LBracketToken) {
      open.push(token);
      depth += 1;
      if (open.length > nestingLimit) tooDeep ??= token;
    } else if (type === RBraceToken || type === RParenToken || type === RBracketToken) {
      const other = opening.get(type);
      // A closing brace also closes brackets within its pair; other brackets do not close a brace.
      const within =
        type === RBraceToken
          ? open.findLastIndex(({ tokenType }) => tokenType === LBraceToken)
          : -1;
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
  if (close.tokenType !== RBraceToken) return false;
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
  const copyTokens = (until: number) => {
    for (; at < until; at += 1) {
      tokens.push(read.tokens[at] as IToken);
      depths.push(read.depths[at] ?? 0);
    }
  };
  for (const { from, to, tokens: others } of [...replacements].sort((a, b) => a.from - b.from)) {
    copyTokens(from);
    const depth = read.depths[from] ?? 0;
    for (const token of others) {
      if (depth > 0 && itemKeywords.has(token.tokenType)) become(token, NameToken);
      tokens.push(token);
      depths.push(depth);
    }
    at = Math.max(at, to);
  }
  copyTokens(read.tokens.length);
  return { ...read, tokens, depths };
}

/** Tokenizes a short text and gives all tokens the same span. */
export function tokenizeSnippet(text: string, start: number, end: number): readonly IToken[] {
  const { tokens } = tokenize(text);
  for (const token of tokens) {
    token.startOffset = start;
    token.endOffset = end - 1;
  }
  return tokens;
}

/** Returns the comments of a text, which are not among the tokens. */
export function listComments(text: string): readonly IToken[] {
  return lexer.tokenize(text).groups.comments ?? [];
}

interface Unread {
  readonly offset: number;
  readonly length: number;
}

function withBadTokens(read: readonly IToken[], errors: readonly Unread[], text: string): IToken[] {
  const bad = errors.map(({ offset, length }) =>
    createTokenInstance(
      BadToken,
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

// Splits source text into tokens. The lexer reads words as names; a table then turns them into keywords,
// except after a dot. Unreadable characters become `BadToken` tokens. Never throws. Brackets are counted here,
// before the parser recurses over them.

import { createToken, createTokenInstance, type IToken, Lexer, type TokenType } from 'chevrotain';
import { addressPattern } from './literals/address.ts';

/** The maximum nesting depth of brackets, and of expressions. */
export const nestingLimit = 100;

function createCategory(name: string, label: string): TokenType {
  return createToken({ name, pattern: Lexer.NA, label });
}

/** Every name and keyword. */
export const WordToken = createCategory('Word', 'a name');
/** Words that can be references in expressions: names, and keywords that are not reserved. */
export const FreeWordToken = createCategory('FreeWord', 'a name');
export const LiteralToken = createCategory('Literal', 'a value');
export const EffectWordToken = createCategory('EffectWord', 'an effect such as `permit` or `deny`');
/** Each result that a test can expect: an effect, or whether a permit is possible. */
export const ExpectedWordToken = createCategory(
  'ExpectedWord',
  'an effect such as `permit` or `deny`',
);
/** The keywords that begin history terms. */
export const HistoryWordToken = createCategory(
  'HistoryWord',
  '`once`, `count`, `sum`, `since` or `last`',
);
/** The keywords that begin aggregates. */
export const AggregateWordToken = createCategory('AggregateWord', '`sum`, `min` or `max`');
/** The decisions that an event pattern selects. */
export const EventWordToken = createCategory('EventWord', '`decided`, `allowed` or `refused`');
/** Binary operators that are a single token. */
export const InfixToken = createCategory('Infix', 'an operator');

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

function createSymbol(name: string, text: string, categories: TokenType[] = []): TokenType {
  return createToken({ name, pattern: text, categories, label: `\`${text}\`` });
}

export const LBraceToken = createSymbol('LBrace', '{');
export const RBraceToken = createSymbol('RBrace', '}');
export const LParenToken = createSymbol('LParen', '(');
export const RParenToken = createSymbol('RParen', ')');
export const LBracketToken = createSymbol('LBracket', '[');
export const RBracketToken = createSymbol('RBracket', ']');
export const CommaToken = createSymbol('Comma', ',');
export const ColonToken = createSymbol('Colon', ':');
export const QuestionToken = createSymbol('Question', '?');
export const DotToken = createSymbol('Dot', '.');
export const DotDotToken = createSymbol('DotDot', '..');
export const ArrowToken = createSymbol('Arrow', '->');
export const EqualEqualToken = createSymbol('EqualEqual', '==', [InfixToken]);
export const NotEqualToken = createSymbol('NotEqual', '!=', [InfixToken]);
const LessEqualToken = createSymbol('LessEqual', '<=', [InfixToken]);
export const LessToken = createSymbol('Less', '<', [InfixToken]);
/** `>=` consists of two adjacent tokens, since in `Set<String>= {}` the `>` closes a type. */
export const GreaterToken = createSymbol('Greater', '>');
export const EqualsToken = createSymbol('Equals', '=');
const PlusToken = createSymbol('Plus', '+', [InfixToken]);
export const MinusToken = createSymbol('Minus', '-', [InfixToken]);
const StarToken = createSymbol('Star', '*', [InfixToken]);
export const SlashToken = createSymbol('Slash', '/', [InfixToken]);

const keywords = new Map<string, TokenType>();

function createKeyword(text: string, ...categories: TokenType[]): TokenType {
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
  return createKeyword(text, WordToken, ...categories);
}

/** Defines a keyword that can also be a name. */
const createContextual = (text: string, ...categories: TokenType[]): TokenType =>
  createKeyword(text, WordToken, FreeWordToken, ...categories);

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

createContextual('starts_with', InfixToken);
createContextual('ends_with', InfixToken);
export const ContainsToken = createContextual('contains', InfixToken);
createContextual('under', InfixToken);
export const MatchesToken = createContextual('matches');
export const SeparatedToken = createContextual('separated');
export const ByToken = createContextual('by');
export const IgnoringToken = createContextual('ignoring');
export const CaseToken = createContextual('case');
export const PresentToken = createContextual('present');
export const MissingToken = createContextual('missing');

export const PolicyToken = createContextual('policy');
export const VersionToken = createContextual('version');
export const UseToken = createContextual('use');
export const FromToken = createContextual('from');
export const EnumToken = createContextual('enum');
export const RecordToken = createContextual('record');
export const ConstToken = createContextual('const');
export const PredicateToken = createContextual('predicate');
export const FunctionToken = createContextual('function');
export const SubjectToken = createContextual('subject');
export const ActionToken = createContextual('action');
export const ResourceToken = createContextual('resource');
export const ContextToken = createContextual('context');
export const ExternalToken = createContextual('external');
export const TransitiveToken = createContextual('transitive');
export const TableToken = createContextual('table');
export const ConstraintToken = createContextual('constraint');
export const ObligationToken = createContextual('obligation');
export const LimitsToken = createContextual('limits');
export const LowerToken = createContextual('lower');
export const SmallestToken = createContextual('smallest');
export const LargestToken = createContextual('largest');
export const WinsToken = createContextual('wins');
export const MustToken = createContextual('must');
export const AgreeToken = createContextual('agree');
export const FreshToken = createContextual('fresh');
export const SecretToken = createContextual('secret');
export const SecondsToken = createContextual('seconds');
export const WindowToken = createContextual('window');
export const LastToken = createContextual('last', HistoryWordToken);
export const DuringToken = createContextual('during');
export const ExceptToken = createContextual('except');
createContextual('once', HistoryWordToken);
createContextual('count', HistoryWordToken);
export const SumToken = createContextual('sum', HistoryWordToken, AggregateWordToken);
createContextual('min', AggregateWordToken);
createContextual('max', AggregateWordToken);
createContextual('since', HistoryWordToken);
createContextual('decided', EventWordToken);
createContextual('allowed', EventWordToken);
createContextual('refused', EventWordToken);
export const SignalToken = createContextual('signal');
export const SignalsToken = createContextual('signals');
export const OutcomeToken = createContextual('outcome');
export const OutcomesToken = createContextual('outcomes');
export const ActionsToken = createContextual('actions');
export const ResourcesToken = createContextual('resources');
export const AcrossToken = createContextual('across');
export const SessionsToken = createContextual('sessions');
export const PerToken = createContextual('per');
export const OfToken = createContextual('of');
export const TodayToken = createContextual('today');
export const ThisToken = createContextual('this');
export const UpToken = createContextual('up');
export const ForToken = createContextual('for');
export const DoingToken = createContextual('doing');
export const OnToken = createContextual('on');
export const IgnoreToken = createContextual('ignore');
export const ScoreToken = createContextual('score');
export const CountsToken = createContextual('counts');
export const UnlessToken = createContextual('unless');
export const WhereToken = createContextual('where');
export const UnknownToken = createContextual('unknown');
export const SkipToken = createContextual('skip');
createContextual('permit', EffectWordToken, ExpectedWordToken);
createContextual('narrow', EffectWordToken, ExpectedWordToken);
createContextual('challenge', EffectWordToken, ExpectedWordToken);
export const DenyToken = createContextual('deny', EffectWordToken, ExpectedWordToken);
createContextual('revoke', EffectWordToken, ExpectedWordToken);
createContextual('possible', ExpectedWordToken);
createContextual('impossible', ExpectedWordToken);
export const InvariantToken = createContextual('invariant');
export const FixtureToken = createContextual('fixture');
export const TestToken = createContextual('test');
export const RequestToken = createContextual('request');
export const SessionToken = createContextual('session');
export const AtToken = createContextual('at');
export const AfterToken = createContextual('after');
export const GrantedToken = createContextual('granted');
export const AskToken = createContextual('ask');
export const TimesToken = createContextual('times');
export const WithToken = createContextual('with');
export const EachToken = createContextual('each');
export const ExpectToken = createContextual('expect');
export const UntilToken = createContextual('until');

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

// The common base of the parts of the grammar: recovery from errors, nesting limits, names and lookahead.
// Each part extends another; grammar.ts is the last.

import { CstParser, EOF, type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import type { Expectations } from '../expectations.ts';
import * as t from '../tokens.ts';
import { LazyLookahead } from './lazy-lookahead.ts';

/** The number of tokens that decide between alternatives. */
const maxLookahead = 2;

/** Thrown if expressions or types exceed the nesting limit. */
export class TooDeep extends Error {
  readonly token: IToken;
  constructor(token: IToken) {
    super('nesting too deep');
    this.token = token;
  }
}

export class BaseGrammar extends CstParser {
  /** `skipValidations` saves time at startup; a test validates the grammar. */
  constructor(expectations: Expectations, skipValidations: boolean) {
    super(t.vocabulary, {
      skipValidations,
      recoveryEnabled: true,
      maxLookahead,
      lookaheadStrategy: new LazyLookahead({ maxLookahead }),
      nodeLocationTracking: 'onlyOffset',
      errorMessageProvider: expectations,
    });
  }

  /** Recovery inserts a missing brace, but no other token. */
  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return type === t.LBraceToken || type === t.RBraceToken;
  }

  /** Recovery deletes no token: without a word, a rule could have a different meaning. */
  protected override canTokenTypeBeDeletedInRecovery(): boolean {
    return false;
  }

  /** Whether brackets are unbalanced: a keyword that begins a declaration is then not a name. */
  unbalanced = false;

  /** Whether recovery looks into braces, to find the block itself. */
  protected entersBraces = false;

  /** Skips a token during resynchronization, or everything in a pair of braces. */
  protected override SKIP_TOKEN(): IToken {
    for (let inner = this.countBracedTokens(1); inner > 0; inner -= 1) super.SKIP_TOKEN();
    return super.SKIP_TOKEN();
  }

  /**
   * Finds the first token at which one of the open rules can continue. It replaces Chevrotain's method,
   * which looks into braces: `SKIP_TOKEN` would then skip the token that it finds, and never end.
   */
  protected findReSyncTokenType(): TokenType {
    const { flattenFollowSet } = this as unknown as { flattenFollowSet: () => TokenType[] };
    const follow = flattenFollowSet.call(this);
    // A cache, since thousands of tokens of few types may be skipped.
    const misses = new Set<TokenType>();
    for (let index = 1; ; index += 1 + this.countBracedTokens(index)) {
      const token = this.LA(index);
      if (misses.has(token.tokenType)) continue;
      const tokenType = follow.find((type) => tokenMatcher(token, type));
      if (tokenType !== undefined) return tokenType;
      misses.add(token.tokenType);
    }
  }

  /** The number of tokens up to the brace that closes the one at `start`; 0 if there is none. */
  private countBracedTokens(start: number): number {
    if (this.entersBraces || this.LA(start).tokenType !== t.LBraceToken) return 0;
    let depth = 0;
    for (let index = start; ; index += 1) {
      const { tokenType } = this.LA(index);
      if (tokenType === EOF || t.itemKeywords.has(tokenType)) return 0;
      if (tokenType === t.LBraceToken) depth += 1;
      if (tokenType === t.RBraceToken) depth -= 1;
      if (depth === 0) return index - start;
    }
  }

  protected refuseTooDeep(depth: number): void {
    if (depth > t.nestingLimit) throw new TooDeep(this.LA(1));
  }

  readonly nameOrText = this.RULE('nameOrText', () => {
    this.OR([{ ALT: () => this.CONSUME(t.WordToken) }, { ALT: () => this.CONSUME(t.TextToken) }]);
  });

  readonly nameList = this.RULE('nameList', () => {
    this.SUBRULE(this.nameOrText);
    this.MANY(() => {
      this.CONSUME(t.CommaToken);
      this.SUBRULE2(this.nameOrText);
    });
  });

  /** An entry of a scope for actions or resource types: a name, the name of a set, or a pattern. */
  readonly scopeName = this.RULE('scopeName', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.nameOrText) },
      { ALT: () => this.CONSUME(t.PatternToken) },
    ]);
  });

  /** A list in a scope; in an event pattern, a comma can also end the pattern. */
  readonly scopeList = this.RULE('scopeList', (inPattern: boolean = false) => {
    this.SUBRULE(this.scopeName);
    this.MANY({
      GATE: () => !(inPattern && this.patternEndAhead()),
      DEF: () => {
        this.CONSUME(t.CommaToken);
        this.SUBRULE2(this.scopeName);
      },
    });
  });

  /** Whether a comma ends an event pattern; in a list of names, the words tested here must be quoted. */
  private patternEndAhead(): boolean {
    const following = this.LA(2);
    return (
      following.tokenType === t.WithinToken ||
      following.tokenType === t.SignalToken ||
      following.tokenType === t.OutcomeToken ||
      tokenMatcher(following, t.EventWordToken)
    );
  }

  /** The scope of a group, a context or an invariant, as a part of its rule: a rule calls it once. */
  protected scope(): void {
    this.CONSUME(t.ForToken);
    this.SUBRULE(this.nameList, { LABEL: 'subjects' });
    this.OPTION(() => {
      this.CONSUME(t.DoingToken);
      this.SUBRULE(this.scopeList, { LABEL: 'actions' });
    });
    this.OPTION2(() => {
      this.CONSUME(t.OnToken);
      this.SUBRULE2(this.scopeList, { LABEL: 'resources' });
    });
  }

  /** Whether the next word is the name of a member, not a keyword or operator. */
  protected memberAhead(): boolean {
    const following = this.LA(2).tokenType;
    return following === t.ColonToken || following === t.QuestionToken || this.propertiesAhead();
  }

  /** Whether `properties.NAME` follows, which declares a property with the name of a selector. */
  protected propertiesAhead(): boolean {
    return this.LA(1).image === 'properties' && this.LA(2).tokenType === t.DotToken;
  }

  /** Whether `secret` is followed by a type, so that it is not a type with this name itself. */
  protected secretAhead(): boolean {
    const [type, end] = [this.LA(2).tokenType, this.LA(3).tokenType];
    if (type === t.LBraceToken) return true;
    if (type === t.FreshToken || (type === t.InToken && end === t.SecondsToken)) return false;
    const isMember = end === t.ColonToken || end === t.QuestionToken || end === t.DotToken;
    return tokenMatcher(this.LA(2), t.WordToken) && !isMember;
  }

  /** Whether a condition of a score follows: `NAME counts 1`. */
  protected scoreConditionAhead(): boolean {
    return this.LA(2).tokenType === t.CountsToken && this.LA(3).tokenType === t.IntToken;
  }

  /** Whether the next word begins a declaration, because a bracket is missing. */
  protected itemAhead(): boolean {
    const isBroken = this.unbalanced || this.errors.length > 0;
    return isBroken && t.itemKeywords.has(this.LA(1).tokenType);
  }

  /** Whether there is no space before the next two tokens. */
  protected bothAdjacent(): boolean {
    return this.adjacent() && this.LA(2).startOffset === (this.LA(1).endOffset ?? 0) + 1;
  }

  /** Whether there is no space before the next token. */
  protected adjacent(): boolean {
    return this.LA(1).startOffset === (this.LA(0).endOffset ?? 0) + 1;
  }
}

// What all parts of the grammar share: how it recovers from errors, how deep it may nest, names,
// and what is seen by looking a few tokens ahead. Each part extends the one before; grammar.ts is
// the last.

import { CstParser, EOF, type IToken, type TokenType, tokenMatcher } from 'chevrotain';
import type { Expectations } from '../expectations.ts';
import * as t from '../tokens.ts';

/** Thrown where expressions or types nest beyond the limit. */
export class TooDeep extends Error {
  readonly token: IToken;
  constructor(token: IToken) {
    super('nesting too deep');
    this.token = token;
  }
}

export class BaseGrammar extends CstParser {
  /** The grammar is the same at each start, and a test validates it once for all. */
  constructor(expectations: Expectations, skipValidations: boolean) {
    super(t.vocabulary, {
      skipValidations,
      recoveryEnabled: true,
      maxLookahead: 2,
      nodeLocationTracking: 'onlyOffset',
      errorMessageProvider: expectations,
    });
  }

  /** A forgotten brace is imagined, and nothing else. */
  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return type === t.LBrace || type === t.RBrace;
  }

  /** What does not fit ends the rule: with a word left out it could mean anything. */
  protected override canTokenTypeBeDeletedInRecovery(): boolean {
    return false;
  }

  /** Whether brackets lack their other half: a word that begins a declaration is then no name. */
  unbalanced = false;

  /** Where the block itself is looked for. */
  protected looksIntoBraces = false;

  /** While the parser looks for a place to go on: what is in braces is passed over as a whole. */
  protected override SKIP_TOKEN(): IToken {
    for (let inner = this.bracesAt(1); inner > 0; inner -= 1) super.SKIP_TOKEN();
    return super.SKIP_TOKEN();
  }

  /**
   * The first token at which one of the rules that are open could go on. It replaces Chevrotain's own,
   * which looks into braces: skipping tokens would then pass over what it was to stop at, for ever.
   */
  protected findReSyncTokenType(): TokenType {
    const { flattenFollowSet } = this as unknown as { flattenFollowSet: () => TokenType[] };
    const follow = flattenFollowSet.call(this);
    // Thousands of tokens may be skipped, of a few types.
    const misses = new Set<TokenType>();
    for (let at = 1; ; at += 1 + this.bracesAt(at)) {
      const token = this.LA(at);
      if (misses.has(token.tokenType)) continue;
      const found = follow.find((type) => tokenMatcher(token, type));
      if (found !== undefined) return found;
      misses.add(token.tokenType);
    }
  }

  /** How many tokens stand between the one there and the brace that closes it; none where that was forgotten. */
  private bracesAt(start: number): number {
    if (this.looksIntoBraces || this.LA(start).tokenType !== t.LBrace) return 0;
    let depth = 0;
    for (let at = start; ; at += 1) {
      const { tokenType } = this.LA(at);
      if (tokenType === EOF || t.itemKeywords.has(tokenType)) return 0;
      if (tokenType === t.LBrace) depth += 1;
      if (tokenType === t.RBrace) depth -= 1;
      if (depth === 0) return at - start;
    }
  }

  protected refuseTooDeep(depth: number): void {
    if (depth > t.nestingLimit) throw new TooDeep(this.LA(1));
  }

  readonly nameOrText = this.RULE('nameOrText', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Word) }, { ALT: () => this.CONSUME(t.Text) }]);
  });

  readonly nameList = this.RULE('nameList', () => {
    this.SUBRULE(this.nameOrText);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.nameOrText);
    });
  });

  /** Actions or resource types: by name, by the name of a set of them, or by a pattern. */
  readonly scopeName = this.RULE('scopeName', () => {
    this.OR([{ ALT: () => this.SUBRULE(this.nameOrText) }, { ALT: () => this.CONSUME(t.Pattern) }]);
  });

  /** In an event pattern a comma may also begin what follows it. */
  readonly scopeList = this.RULE('scopeList', (inPattern: boolean = false) => {
    this.SUBRULE(this.scopeName);
    this.MANY({
      GATE: () => !(inPattern && this.patternEndAhead()),
      DEF: () => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.scopeName);
      },
    });
  });

  /** At a comma behind an event pattern: one such word in a list of names needs its quotes. */
  private patternEndAhead(): boolean {
    const behind = this.LA(2);
    return (
      behind.tokenType === t.Within ||
      behind.tokenType === t.Signal ||
      tokenMatcher(behind, t.EventWord)
    );
  }

  /** The next word is the name of a record's member, not a keyword or operator. */
  protected memberAhead(): boolean {
    const behind = this.LA(2).tokenType;
    return behind === t.Colon || behind === t.Question || this.propertiesAhead();
  }

  /** At `properties.NAME`, which declares a property that is named as one of the request's own strings. */
  protected propertiesAhead(): boolean {
    return this.LA(1).image === 'properties' && this.LA(2).tokenType === t.Dot;
  }

  /** The next word names a score's condition: `NAME counts 1`. */
  protected scoreConditionAhead(): boolean {
    return this.LA(2).tokenType === t.Counts && this.LA(3).tokenType === t.Int;
  }

  /** The next word begins a declaration: a bracket was forgotten. */
  protected itemAhead(): boolean {
    const isBroken = this.unbalanced || this.errors.length > 0;
    return isBroken && t.itemKeywords.has(this.LA(1).tokenType);
  }

  /** No space before the next two tokens. */
  protected bothAdjacent(): boolean {
    return this.adjacent() && this.LA(2).startOffset === (this.LA(1).endOffset ?? 0) + 1;
  }

  /** No space before the next token. */
  protected adjacent(): boolean {
    return this.LA(1).startOffset === (this.LA(0).endOffset ?? 0) + 1;
  }
}

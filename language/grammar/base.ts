// What all parts of the grammar share: how it recovers from errors, how deep it may nest, names,
// and what is seen by looking a few tokens ahead. Each part extends the one before; grammar.ts is
// the last.

import { CstParser, type IToken, type TokenType } from 'chevrotain';
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
  constructor(expectations: Expectations) {
    super(t.vocabulary, {
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

  protected refuseTooDeep(depth: number): void {
    if (depth > t.nestingLimit) throw new TooDeep(this.LA(1));
  }

  readonly nameOrText = this.RULE('nameOrText', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Word) }, { ALT: () => this.CONSUME(t.Text) }]);
  });

  /** The next word is the name of a record's member, not a keyword or operator. */
  protected memberAhead(): boolean {
    const behind = this.LA(2).tokenType;
    return behind === t.Colon || behind === t.Question;
  }

  /** The next word names a score's condition: `NAME counts 1`. */
  protected scoreConditionAhead(): boolean {
    return this.LA(2).tokenType === t.Counts && this.LA(3).tokenType === t.Int;
  }

  /** No space before the next token. */
  protected adjacent(): boolean {
    return this.LA(1).startOffset === (this.LA(0).endOffset ?? 0) + 1;
  }
}

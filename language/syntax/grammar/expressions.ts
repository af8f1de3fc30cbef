// Expressions as flat lists of terms and operators; to-ast resolves their precedence.

import { EOF, type TokenType, tokenMatcher } from 'chevrotain';
import * as t from '../tokens.ts';
import { BaseGrammar } from './base.ts';

/** The position of an expression. */
interface Place {
  /** Directly after `then`, where `else` belongs to the `if`. */
  readonly afterThen: boolean;
  /** In a place where `or lower` can follow. */
  readonly beforeLower?: boolean;
  readonly depth: number;
}

export const outermost: Place = { afterThen: false, depth: 0 };

const afterEventWord: ReadonlySet<TokenType> = new Set([
  t.Doing,
  t.On,
  t.Where,
  t.Across,
  t.Per,
  t.Comma,
  t.RParen,
]);

export class ExpressionGrammar extends BaseGrammar {
  readonly expression = this.RULE('expression', (place: Place = outermost) => {
    this.ACTION(() => this.refuseTooDeep(place.depth));
    this.SUBRULE(this.term, { ARGS: [place] });
    this.MANY({
      GATE: () => this.operatorAhead(place),
      DEF: () => {
        this.OR({
          // With more lookahead, the error would be reported at the operator, not at the invalid operand.
          MAX_LOOKAHEAD: 1,
          DEF: [
            {
              GATE: () => this.presenceAhead(),
              ALT: () => this.SUBRULE(this.presence, { LABEL: 'operator' }),
              IGNORE_AMBIGUITIES: true,
            },
            {
              GATE: () => this.matchAhead(),
              ALT: () => this.SUBRULE(this.match, { LABEL: 'operator' }),
              IGNORE_AMBIGUITIES: true,
            },
            {
              ALT: () => {
                this.SUBRULE(this.operator);
                this.SUBRULE2(this.term, { ARGS: [place] });
              },
            },
          ],
        });
      },
    });
  });

  private operatorAhead(place: Place): boolean {
    const next = this.LA(1).tokenType;
    const following = this.LA(2).tokenType;
    if (this.memberAhead() || this.scoreConditionAhead()) return false;
    if (next === t.Else) return !place.afterThen;
    if (next === t.Or) {
      return following !== t.Deny && !(place.beforeLower === true && following === t.Lower);
    }
    if (next === t.Not) return following === t.In || following === t.Within || this.matchAhead();
    return true;
  }

  private presenceAhead(): boolean {
    const next = this.LA(2).tokenType;
    return this.LA(1).tokenType === t.Is && (next === t.Present || next === t.Missing);
  }

  /** Whether a match follows: `matches`, or `contains` before a pattern; before a string, `contains` is an operator. */
  private matchAhead(): boolean {
    const at = this.LA(1).tokenType === t.Not ? 2 : 1;
    const word = this.LA(at).tokenType;
    return word === t.Matches || (word === t.Contains && this.LA(at + 1).tokenType === t.Pattern);
  }

  readonly presence = this.RULE('presence', () => {
    this.CONSUME(t.Is);
    this.OR([{ ALT: () => this.CONSUME(t.Present) }, { ALT: () => this.CONSUME(t.Missing) }]);
  });

  readonly match = this.RULE('match', () => {
    this.OPTION(() => this.CONSUME(t.Not));
    this.OR([{ ALT: () => this.CONSUME(t.Matches) }, { ALT: () => this.CONSUME(t.Contains) }]);
    this.CONSUME(t.Pattern);
    this.OPTION2({
      GATE: () => this.LA(2).tokenType === t.By,
      DEF: () => {
        this.CONSUME(t.Separated);
        this.CONSUME(t.By);
        this.CONSUME(t.Text);
      },
    });
    this.OPTION3({
      GATE: () => this.LA(2).tokenType === t.Case,
      DEF: () => {
        this.CONSUME(t.Ignoring);
        this.CONSUME(t.Case);
      },
    });
  });

  readonly operator = this.RULE('operator', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Infix) },
      {
        ALT: () => {
          this.CONSUME(t.Greater);
          this.OPTION({ GATE: () => this.adjacent(), DEF: () => this.CONSUME(t.Equals) });
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Is);
          this.OPTION2(() => this.CONSUME(t.Not));
        },
      },
      {
        ALT: () => {
          this.CONSUME2(t.Not);
          this.OR2([{ ALT: () => this.CONSUME(t.In) }, { ALT: () => this.CONSUME(t.Within) }]);
        },
      },
    ]);
  });

  readonly term = this.RULE(
    'term',
    (place: Place = outermost) => {
      this.MANY(() => {
        this.OR([
          { ALT: () => this.CONSUME(t.Not, { LABEL: 'prefix' }) },
          { ALT: () => this.CONSUME(t.Minus, { LABEL: 'prefix' }) },
        ]);
      });
      const first = this.LA(1).tokenType;
      const openEnded = first === t.If || first === t.Any || first === t.All;
      this.SUBRULE(this.operand, { ARGS: [place] });
      this.MANY2({
        GATE: () => !openEnded,
        DEF: () => this.SUBRULE(this.suffix, { ARGS: [place] }),
      });
    },
    { resyncEnabled: false },
  );

  readonly suffix = this.RULE(
    'suffix',
    (place: Place = outermost) => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.Dot);
            this.SUBRULE(this.nameOrText);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.LBracket);
            this.SUBRULE(this.values, { ARGS: [place] });
            this.CONSUME(t.RBracket);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.LParen);
            this.OPTION(() => this.SUBRULE2(this.values, { ARGS: [place] }));
            this.CONSUME(t.RParen);
          },
        },
      ]);
    },
    { resyncEnabled: false },
  );

  /** A list in brackets; a trailing comma is allowed. */
  readonly values = this.RULE(
    'values',
    (place: Place = outermost) => {
      const inside = { afterThen: false, depth: place.depth + 1 };
      this.SUBRULE(this.expression, { ARGS: [inside] });
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.SUBRULE2(this.expression, { ARGS: [inside] });
      });
      this.OPTION(() => this.CONSUME2(t.Comma));
    },
    { resyncEnabled: false },
  );

  readonly operand = this.RULE(
    'operand',
    (place: Place = outermost) => {
      const inside = { afterThen: false, depth: place.depth + 1 };
      const tail = { ...inside, afterThen: place.afterThen };
      this.OR([
        {
          GATE: () => this.aggregateAhead(),
          ALT: () => this.SUBRULE(this.aggregate, { ARGS: [place] }),
          IGNORE_AMBIGUITIES: true,
        },
        {
          GATE: () => this.historyAhead(),
          ALT: () => this.SUBRULE(this.history, { ARGS: [place] }),
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => this.CONSUME(t.FreeWord) },
        { ALT: () => this.CONSUME(t.Literal) },
        { ALT: () => this.CONSUME(t.Pattern) },
        { ALT: () => this.CONSUME(t.True) },
        { ALT: () => this.CONSUME(t.False) },
        {
          ALT: () => {
            this.CONSUME(t.LParen);
            this.SUBRULE(this.values, { ARGS: [place] });
            this.CONSUME(t.RParen);
          },
        },
        { ALT: () => this.SUBRULE(this.setLiteral, { ARGS: [place] }) },
        {
          ALT: () => {
            this.CONSUME(t.LBracket);
            this.CONSUME(t.RBracket);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.If);
            this.SUBRULE(this.expression, { LABEL: 'condition', ARGS: [inside] });
            this.CONSUME(t.Then);
            this.SUBRULE2(this.expression, {
              LABEL: 'then',
              ARGS: [{ ...inside, afterThen: true }],
            });
            this.CONSUME(t.Else);
            this.SUBRULE3(this.expression, { LABEL: 'else', ARGS: [tail] });
          },
        },
        {
          ALT: () => {
            this.OR2([{ ALT: () => this.CONSUME(t.Any) }, { ALT: () => this.CONSUME(t.All) }]);
            this.CONSUME(t.Word);
            this.CONSUME(t.In);
            this.SUBRULE4(this.expression, { LABEL: 'collection', ARGS: [inside] });
            this.CONSUME(t.Satisfies);
            this.SUBRULE5(this.expression, { LABEL: 'body', ARGS: [tail] });
          },
        },
      ]);
    },
    { resyncEnabled: false },
  );

  /** Whether `for` follows within the parentheses: `max(a, b)` is the call of a function, `sum(x of …)` history. */
  private aggregateAhead(): boolean {
    if (!tokenMatcher(this.LA(1), t.AggregateWord)) return false;
    let depth = 0;
    for (let at = 2; ; at += 1) {
      const { tokenType } = this.LA(at);
      if (tokenType === t.LParen) depth += 1;
      if (tokenType === t.RParen) depth -= 1;
      if (depth === 0 || tokenType === EOF) return false;
      if (depth === 1 && tokenType === t.ForEach && this.LA(at + 2).tokenType === t.In) return true;
    }
  }

  readonly aggregate = this.RULE(
    'aggregate',
    (place: Place = outermost) => {
      const inside = { afterThen: false, depth: place.depth + 1 };
      this.CONSUME(t.AggregateWord);
      this.CONSUME(t.LParen);
      this.SUBRULE(this.expression, { LABEL: 'body', ARGS: [inside] });
      this.CONSUME(t.ForEach);
      this.CONSUME(t.Word);
      this.CONSUME(t.In);
      this.SUBRULE2(this.expression, { LABEL: 'collection', ARGS: [inside] });
      this.OPTION(() => {
        this.CONSUME(t.Where);
        this.SUBRULE3(this.expression, { LABEL: 'condition', ARGS: [inside] });
      });
      this.OPTION2(() => this.CONSUME(t.Comma));
      this.CONSUME(t.RParen);
    },
    { resyncEnabled: false },
  );

  private historyAhead(): boolean {
    return tokenMatcher(this.LA(1), t.HistoryWord) && this.LA(2).tokenType === t.LParen;
  }

  /** A history term; to-ast checks the number of patterns and whether a member and a window are allowed. */
  readonly history = this.RULE(
    'history',
    (place: Place = outermost) => {
      const inside = { afterThen: false, depth: place.depth + 1 };
      const isSum = this.CONSUME(t.HistoryWord).tokenType === t.Sum;
      this.CONSUME(t.LParen);
      this.OPTION2({
        GATE: () => isSum && !this.eventsAhead(),
        DEF: () => {
          this.SUBRULE2(this.expression, { LABEL: 'member', ARGS: [inside] });
          this.CONSUME(t.Of);
        },
      });
      this.SUBRULE(this.eventPattern, { ARGS: [inside] });
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.OR([
          { ALT: () => this.SUBRULE2(this.eventPattern, { ARGS: [inside] }) },
          {
            ALT: () => {
              this.CONSUME(t.Within);
              this.OR2([
                { GATE: () => this.periodAhead(), ALT: () => this.SUBRULE(this.period) },
                { ALT: () => this.SUBRULE(this.expression, { ARGS: [inside] }) },
              ]);
            },
          },
        ]);
      });
      this.OPTION(() => this.CONSUME2(t.Comma, { LABEL: 'trailingComma' }));
      this.CONSUME(t.RParen);
    },
    { resyncEnabled: false },
  );

  /** Whether an event pattern follows; its first word can also be a name in an expression. */
  private eventsAhead(): boolean {
    const next = this.LA(2).tokenType;
    const { tokenType } = this.LA(1);
    if (tokenType === t.Signal || tokenType === t.Outcome) return next === t.Text;
    return tokenMatcher(this.LA(1), t.EventWord) && afterEventWord.has(next);
  }

  private periodAhead(): boolean {
    return this.LA(1).tokenType === t.Today
      ? this.LA(2).tokenType === t.In
      : this.LA(1).tokenType === t.This && tokenMatcher(this.LA(2), t.Word);
  }

  readonly period = this.RULE(
    'period',
    () => {
      this.OR([
        { ALT: () => this.CONSUME(t.Today) },
        {
          ALT: () => {
            this.CONSUME(t.This);
            this.CONSUME(t.Word);
          },
        },
      ]);
      this.CONSUME(t.In);
      this.CONSUME(t.Text);
    },
    { resyncEnabled: false },
  );

  readonly eventPattern = this.RULE(
    'eventPattern',
    (place: Place = outermost) => {
      this.OR([
        { ALT: () => this.CONSUME(t.EventWord) },
        {
          ALT: () => {
            this.OR2([
              { ALT: () => this.CONSUME(t.Signal) },
              { ALT: () => this.CONSUME(t.Outcome) },
            ]);
            this.CONSUME(t.Text);
          },
        },
      ]);
      this.OPTION(() => {
        this.CONSUME(t.Doing);
        this.SUBRULE(this.scopeList, { LABEL: 'actions', ARGS: [true] });
      });
      this.OPTION2(() => {
        this.CONSUME(t.On);
        this.SUBRULE2(this.scopeList, { LABEL: 'resources', ARGS: [true] });
      });
      this.OPTION3(() => {
        this.CONSUME(t.Where);
        this.SUBRULE(this.expression, { LABEL: 'condition', ARGS: [place] });
      });
      this.OPTION4(() => {
        this.CONSUME(t.Across);
        this.CONSUME(t.Sessions);
      });
      this.OPTION5(() => {
        this.CONSUME(t.Per);
        this.SUBRULE2(this.expression, { LABEL: 'key', ARGS: [place] });
        this.CONSUME(t.Up);
        this.CONSUME(t.To);
        this.CONSUME(t.Int);
      });
    },
    { resyncEnabled: false },
  );

  readonly setLiteral = this.RULE(
    'setLiteral',
    (place: Place = outermost) => {
      const inside = { afterThen: false, depth: place.depth + 1 };
      this.CONSUME(t.LBrace);
      this.MANY({
        GATE: () => !this.itemAhead(),
        DEF: () => {
          this.SUBRULE(this.expression, { ARGS: [inside] });
          this.OPTION(() => this.CONSUME(t.Comma));
        },
      });
      this.CONSUME(t.RBrace);
    },
    { resyncEnabled: false },
  );
}

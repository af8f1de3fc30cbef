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
  t.DoingToken,
  t.OnToken,
  t.WhereToken,
  t.AcrossToken,
  t.PerToken,
  t.CommaToken,
  t.RParenToken,
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
    if (next === t.ElseToken) return !place.afterThen;
    if (next === t.OrToken) {
      return (
        following !== t.DenyToken && !(place.beforeLower === true && following === t.LowerToken)
      );
    }
    if (next === t.NotToken)
      return following === t.InToken || following === t.WithinToken || this.matchAhead();
    return true;
  }

  private presenceAhead(): boolean {
    const next = this.LA(2).tokenType;
    return (
      this.LA(1).tokenType === t.IsToken && (next === t.PresentToken || next === t.MissingToken)
    );
  }

  /** Whether a match follows: `matches`, or `contains` before a pattern; before a string, `contains` is an operator. */
  private matchAhead(): boolean {
    const at = this.LA(1).tokenType === t.NotToken ? 2 : 1;
    const word = this.LA(at).tokenType;
    return (
      word === t.MatchesToken ||
      (word === t.ContainsToken && this.LA(at + 1).tokenType === t.PatternToken)
    );
  }

  readonly presence = this.RULE('presence', () => {
    this.CONSUME(t.IsToken);
    this.OR([
      { ALT: () => this.CONSUME(t.PresentToken) },
      { ALT: () => this.CONSUME(t.MissingToken) },
    ]);
  });

  readonly match = this.RULE('match', () => {
    this.OPTION(() => this.CONSUME(t.NotToken));
    this.OR([
      { ALT: () => this.CONSUME(t.MatchesToken) },
      { ALT: () => this.CONSUME(t.ContainsToken) },
    ]);
    this.CONSUME(t.PatternToken);
    this.OPTION2({
      GATE: () => this.LA(2).tokenType === t.ByToken,
      DEF: () => {
        this.CONSUME(t.SeparatedToken);
        this.CONSUME(t.ByToken);
        this.CONSUME(t.TextToken);
      },
    });
    this.OPTION3({
      GATE: () => this.LA(2).tokenType === t.CaseToken,
      DEF: () => {
        this.CONSUME(t.IgnoringToken);
        this.CONSUME(t.CaseToken);
      },
    });
  });

  readonly operator = this.RULE('operator', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.InfixToken) },
      {
        ALT: () => {
          this.CONSUME(t.GreaterToken);
          this.OPTION({ GATE: () => this.adjacent(), DEF: () => this.CONSUME(t.EqualsToken) });
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.IsToken);
          this.OPTION2(() => this.CONSUME(t.NotToken));
        },
      },
      {
        ALT: () => {
          this.CONSUME2(t.NotToken);
          this.OR2([
            { ALT: () => this.CONSUME(t.InToken) },
            { ALT: () => this.CONSUME(t.WithinToken) },
          ]);
        },
      },
    ]);
  });

  readonly term = this.RULE(
    'term',
    (place: Place = outermost) => {
      this.MANY(() => {
        this.OR([
          { ALT: () => this.CONSUME(t.NotToken, { LABEL: 'prefix' }) },
          { ALT: () => this.CONSUME(t.MinusToken, { LABEL: 'prefix' }) },
        ]);
      });
      const first = this.LA(1).tokenType;
      const openEnded = first === t.IfToken || first === t.AnyToken || first === t.AllToken;
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
            this.CONSUME(t.DotToken);
            this.SUBRULE(this.nameOrText);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.LBracketToken);
            this.SUBRULE(this.values, { ARGS: [place] });
            this.CONSUME(t.RBracketToken);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.LParenToken);
            this.OPTION(() => this.SUBRULE2(this.values, { ARGS: [place] }));
            this.CONSUME(t.RParenToken);
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
        this.CONSUME(t.CommaToken);
        this.SUBRULE2(this.expression, { ARGS: [inside] });
      });
      this.OPTION(() => this.CONSUME2(t.CommaToken));
    },
    { resyncEnabled: false },
  );

  readonly operand = this.RULE(
    'operand',
    (place: Place = outermost) => {
      const inside = { afterThen: false, depth: place.depth + 1 };
      const tail = { ...place, depth: place.depth + 1 };
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
        { ALT: () => this.CONSUME(t.FreeWordToken) },
        { ALT: () => this.CONSUME(t.LiteralToken) },
        { ALT: () => this.CONSUME(t.PatternToken) },
        { ALT: () => this.CONSUME(t.TrueToken) },
        { ALT: () => this.CONSUME(t.FalseToken) },
        {
          ALT: () => {
            this.CONSUME(t.LParenToken);
            this.SUBRULE(this.values, { ARGS: [place] });
            this.CONSUME(t.RParenToken);
          },
        },
        { ALT: () => this.SUBRULE(this.setLiteral, { ARGS: [place] }) },
        {
          ALT: () => {
            this.CONSUME(t.LBracketToken);
            this.CONSUME(t.RBracketToken);
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.IfToken);
            this.SUBRULE(this.expression, { LABEL: 'condition', ARGS: [inside] });
            this.CONSUME(t.ThenToken);
            this.SUBRULE2(this.expression, {
              LABEL: 'then',
              ARGS: [{ ...inside, afterThen: true }],
            });
            this.CONSUME(t.ElseToken);
            this.SUBRULE3(this.expression, { LABEL: 'else', ARGS: [tail] });
          },
        },
        {
          ALT: () => {
            this.OR2([
              { ALT: () => this.CONSUME(t.AnyToken) },
              { ALT: () => this.CONSUME(t.AllToken) },
            ]);
            this.CONSUME(t.WordToken);
            this.CONSUME(t.InToken);
            this.SUBRULE4(this.expression, { LABEL: 'collection', ARGS: [inside] });
            this.MANY(() => {
              this.CONSUME(t.CommaToken);
              this.SUBRULE6(this.expression, { LABEL: 'collection', ARGS: [inside] });
            });
            this.CONSUME(t.SatisfiesToken);
            this.SUBRULE5(this.expression, { LABEL: 'body', ARGS: [tail] });
          },
        },
      ]);
    },
    { resyncEnabled: false },
  );

  /** Whether `for` follows within the parentheses: `max(a, b)` is the call of a function, `sum(x of …)` history. */
  private aggregateAhead(): boolean {
    if (!tokenMatcher(this.LA(1), t.AggregateWordToken)) return false;
    let depth = 0;
    for (let index = 2; ; index += 1) {
      const { tokenType } = this.LA(index);
      if (tokenType === t.LParenToken) depth += 1;
      if (tokenType === t.RParenToken) depth -= 1;
      if (depth === 0 || tokenType === EOF) return false;
      if (depth === 1 && tokenType === t.ForEachToken && this.LA(index + 2).tokenType === t.InToken)
        return true;
    }
  }

  readonly aggregate = this.RULE(
    'aggregate',
    (place: Place = outermost) => {
      const inside = { afterThen: false, depth: place.depth + 1 };
      this.CONSUME(t.AggregateWordToken);
      this.CONSUME(t.LParenToken);
      this.SUBRULE(this.expression, { LABEL: 'body', ARGS: [inside] });
      this.CONSUME(t.ForEachToken);
      this.CONSUME(t.WordToken);
      this.CONSUME(t.InToken);
      this.SUBRULE2(this.expression, { LABEL: 'collection', ARGS: [inside] });
      this.OPTION(() => {
        this.CONSUME(t.WhereToken);
        this.SUBRULE3(this.expression, { LABEL: 'condition', ARGS: [inside] });
      });
      this.OPTION2(() => this.CONSUME(t.CommaToken));
      this.CONSUME(t.RParenToken);
    },
    { resyncEnabled: false },
  );

  private historyAhead(): boolean {
    return tokenMatcher(this.LA(1), t.HistoryWordToken) && this.LA(2).tokenType === t.LParenToken;
  }

  /** A history term; to-ast checks the number of patterns and whether a member and a window are allowed. */
  readonly history = this.RULE(
    'history',
    (place: Place = outermost) => {
      const inside = { afterThen: false, depth: place.depth + 1 };
      const isSum = this.CONSUME(t.HistoryWordToken).tokenType === t.SumToken;
      this.CONSUME(t.LParenToken);
      this.OPTION2({
        GATE: () => isSum && !this.eventsAhead(),
        DEF: () => {
          this.SUBRULE2(this.expression, { LABEL: 'member', ARGS: [inside] });
          this.CONSUME(t.OfToken);
        },
      });
      this.SUBRULE(this.eventPattern, { ARGS: [inside] });
      this.MANY(() => {
        this.CONSUME(t.CommaToken);
        this.OR([
          { ALT: () => this.SUBRULE2(this.eventPattern, { ARGS: [inside] }) },
          {
            ALT: () => {
              this.CONSUME(t.WithinToken);
              this.OR2([
                { GATE: () => this.periodAhead(), ALT: () => this.SUBRULE(this.period) },
                { ALT: () => this.SUBRULE(this.expression, { ARGS: [inside] }) },
              ]);
            },
          },
        ]);
      });
      this.OPTION(() => this.CONSUME2(t.CommaToken, { LABEL: 'trailingComma' }));
      this.CONSUME(t.RParenToken);
    },
    { resyncEnabled: false },
  );

  /** Whether an event pattern follows; its first word can also be a name in an expression. */
  private eventsAhead(): boolean {
    const next = this.LA(2).tokenType;
    const { tokenType } = this.LA(1);
    if (tokenType === t.SignalToken || tokenType === t.OutcomeToken) return next === t.TextToken;
    return tokenMatcher(this.LA(1), t.EventWordToken) && afterEventWord.has(next);
  }

  private periodAhead(): boolean {
    return this.LA(1).tokenType === t.TodayToken
      ? this.LA(2).tokenType === t.InToken
      : this.LA(1).tokenType === t.ThisToken && tokenMatcher(this.LA(2), t.WordToken);
  }

  readonly period = this.RULE(
    'period',
    () => {
      this.OR([
        { ALT: () => this.CONSUME(t.TodayToken) },
        {
          ALT: () => {
            this.CONSUME(t.ThisToken);
            this.CONSUME(t.WordToken);
          },
        },
      ]);
      this.CONSUME(t.InToken);
      this.CONSUME(t.TextToken);
    },
    { resyncEnabled: false },
  );

  readonly eventPattern = this.RULE(
    'eventPattern',
    (place: Place = outermost) => {
      this.OR([
        { ALT: () => this.CONSUME(t.EventWordToken) },
        {
          ALT: () => {
            this.OR2([
              { ALT: () => this.CONSUME(t.SignalToken) },
              { ALT: () => this.CONSUME(t.OutcomeToken) },
            ]);
            this.CONSUME(t.TextToken);
          },
        },
      ]);
      this.OPTION(() => {
        this.CONSUME(t.DoingToken);
        this.SUBRULE(this.scopeList, { LABEL: 'actions', ARGS: [true] });
      });
      this.OPTION2(() => {
        this.CONSUME(t.OnToken);
        this.SUBRULE2(this.scopeList, { LABEL: 'resources', ARGS: [true] });
      });
      this.OPTION3(() => {
        this.CONSUME(t.WhereToken);
        this.SUBRULE(this.expression, { LABEL: 'condition', ARGS: [place] });
      });
      this.OPTION4(() => {
        this.CONSUME(t.AcrossToken);
        this.CONSUME(t.SessionsToken);
      });
      this.OPTION5(() => {
        this.OPTION6(() => {
          this.CONSUME(t.PerToken);
          this.OR3([
            {
              ALT: () => {
                this.CONSUME(t.LParenToken);
                this.SUBRULE(this.values, { LABEL: 'keys', ARGS: [place] });
                this.CONSUME(t.RParenToken);
              },
              // An expression can begin with a bracket, too, but a key is a member.
              IGNORE_AMBIGUITIES: true,
            },
            { ALT: () => this.SUBRULE2(this.expression, { LABEL: 'key', ARGS: [place] }) },
          ]);
        });
        this.CONSUME(t.UpToken);
        this.CONSUME(t.ToToken);
        this.CONSUME(t.IntToken);
      });
    },
    { resyncEnabled: false },
  );

  readonly setLiteral = this.RULE(
    'setLiteral',
    (place: Place = outermost) => {
      const inside = { afterThen: false, depth: place.depth + 1 };
      this.CONSUME(t.LBraceToken);
      this.MANY({
        GATE: () => !this.itemAhead(),
        DEF: () => {
          this.SUBRULE(this.expression, { ARGS: [inside] });
          this.OPTION(() => this.CONSUME(t.CommaToken));
        },
      });
      this.CONSUME(t.RBraceToken);
    },
    { resyncEnabled: false },
  );
}

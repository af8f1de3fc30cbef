// Groups with their rules, scores and clauses.

import * as t from '../tokens.ts';
import { FunctionGrammar } from './functions.ts';

export class RuleGrammar extends FunctionGrammar {
  readonly group = this.RULE('group', () => {
    this.scope();
    this.OPTION3(() => {
      this.CONSUME(t.WhenToken);
      this.SUBRULE(this.expression);
    });
    this.SUBRULE(this.block);
  });

  readonly block = this.RULE('block', () => {
    this.SUBRULE(this.blockStart);
    this.ACTION(() => {
      this.entersBraces = false;
    });
    this.MANY(() => this.SUBRULE(this.blockItem));
    this.CONSUME(t.RBraceToken);
  });

  /** A separate grammar rule, so that recovery from an error before the block finds it. */
  readonly blockStart = this.RULE('blockStart', () => {
    this.ACTION(() => {
      this.entersBraces = true;
    });
    this.CONSUME(t.LBraceToken);
  });

  readonly blockItem = this.RULE('blockItem', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.rule) },
      { ALT: () => this.SUBRULE(this.letItem) },
      { ALT: () => this.SUBRULE(this.given) },
      { ALT: () => this.SUBRULE(this.score) },
    ]);
  });

  readonly letItem = this.RULE('letItem', () => {
    this.CONSUME(t.LetToken);
    this.SUBRULE(this.binding);
  });

  readonly binding = this.RULE('binding', () => {
    this.CONSUME(t.WordToken);
    this.CONSUME(t.EqualsToken);
    this.SUBRULE(this.expression);
  });

  readonly given = this.RULE('given', () => {
    this.CONSUME(t.GivenToken);
    this.CONSUME(t.WordToken);
    this.CONSUME(t.EqualsToken);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.block);
    this.OPTION(() => {
      this.CONSUME(t.OtherwiseToken);
      this.OR([
        { ALT: () => this.CONSUME(t.IgnoreToken) },
        { ALT: () => this.SUBRULE2(this.block, { LABEL: 'otherwise' }) },
      ]);
    });
  });

  readonly score = this.RULE('score', () => {
    this.CONSUME(t.ScoreToken);
    this.CONSUME(t.WordToken);
    this.CONSUME(t.LBraceToken);
    this.MANY(() => this.SUBRULE(this.scoreCondition));
    this.MANY2(() => this.SUBRULE(this.band));
    this.CONSUME(t.RBraceToken);
  });

  readonly scoreCondition = this.RULE('scoreCondition', () => {
    this.CONSUME(t.WordToken);
    this.CONSUME(t.CountsToken);
    this.CONSUME(t.IntToken);
    this.CONSUME(t.WhenToken);
    this.SUBRULE(this.expression);
    this.MANY({
      GATE: () => !this.scoreConditionAhead(),
      DEF: () => {
        this.OR([
          { ALT: () => this.SUBRULE(this.becauseClause) },
          { ALT: () => this.SUBRULE(this.coversClause) },
        ]);
      },
    });
  });

  readonly band = this.RULE('band', () => {
    this.CONSUME(t.FromToken);
    this.CONSUME(t.IntToken);
    this.CONSUME(t.EffectWordToken);
    this.MANY(() => {
      this.OR([
        { ALT: () => this.SUBRULE(this.toClause) },
        { ALT: () => this.SUBRULE(this.unlessClause) },
      ]);
    });
  });

  readonly rule = this.RULE('rule', () => {
    this.CONSUME(t.EffectWordToken);
    this.CONSUME(t.WordToken);
    this.OPTION(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.WhenToken);
            this.SUBRULE(this.expression);
          },
        },
        { ALT: () => this.CONSUME(t.OtherwiseToken) },
      ]);
    });
    this.OPTION2({
      GATE: () => this.LA(2).tokenType === t.IfToken,
      DEF: () => {
        this.CONSUME(t.CommaToken);
        this.CONSUME(t.IfToken);
        this.CONSUME(t.UnknownToken);
        this.CONSUME(t.SkipToken);
      },
    });
    this.MANY(() => {
      this.OR2([
        { ALT: () => this.SUBRULE(this.toClause) },
        { ALT: () => this.SUBRULE(this.unlessClause) },
        { ALT: () => this.SUBRULE(this.withClause) },
        { ALT: () => this.SUBRULE(this.becauseClause) },
        { ALT: () => this.SUBRULE(this.coversClause) },
        { ALT: () => this.SUBRULE(this.whereClause) },
      ]);
    });
  });

  /** `where a = …, b = …`: names that are valid in this rule only. */
  readonly whereClause = this.RULE('whereClause', () => {
    this.CONSUME(t.WhereToken);
    this.SUBRULE(this.binding);
    this.MANY(() => {
      this.CONSUME(t.CommaToken);
      this.SUBRULE2(this.binding);
    });
  });

  readonly toClause = this.RULE('toClause', () => {
    this.CONSUME(t.ToToken);
    this.SUBRULE(this.settings);
  });

  readonly withClause = this.RULE('withClause', () => {
    this.CONSUME(t.WithToken);
    this.SUBRULE(this.demand);
    this.MANY(() => {
      this.CONSUME(t.CommaToken);
      this.SUBRULE2(this.demand);
    });
  });

  readonly demand = this.RULE('demand', () => {
    this.CONSUME(t.WordToken);
    this.OPTION(() => this.SUBRULE(this.settings));
  });

  readonly unlessClause = this.RULE('unlessClause', () => {
    this.CONSUME(t.OrToken);
    this.CONSUME(t.DenyToken);
    this.CONSUME(t.UnlessToken);
    this.SUBRULE(this.expression);
  });

  readonly becauseClause = this.RULE('becauseClause', () => {
    this.CONSUME(t.BecauseToken);
    this.CONSUME(t.TextToken);
  });

  readonly coversClause = this.RULE('coversClause', () => {
    this.CONSUME(t.CoversToken);
    this.SUBRULE(this.controlId);
    this.MANY(() => {
      this.CONSUME(t.CommaToken);
      this.SUBRULE2(this.controlId);
    });
  });

  /** `NHI5:2025`, `PR.AA-05`: adjacent tokens, which to-ast joins. */
  readonly controlId = this.RULE('controlId', () => {
    this.SUBRULE(this.controlIdPart);
    this.MANY({
      GATE: () => this.bothAdjacent(),
      DEF: () => {
        this.OR([
          { ALT: () => this.CONSUME(t.DotToken) },
          { ALT: () => this.CONSUME(t.ColonToken) },
          { ALT: () => this.CONSUME(t.MinusToken) },
          { ALT: () => this.CONSUME(t.SlashToken) },
        ]);
        this.SUBRULE2(this.controlIdPart);
      },
    });
  });

  readonly controlIdPart = this.RULE('controlIdPart', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.WordToken) },
      { ALT: () => this.CONSUME(t.LiteralToken) },
    ]);
  });
}

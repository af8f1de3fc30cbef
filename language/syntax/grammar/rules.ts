// Groups with their rules, scores and clauses.

import * as t from '../tokens.ts';
import { FunctionGrammar } from './functions.ts';

export class RuleGrammar extends FunctionGrammar {
  readonly group = this.RULE('group', () => {
    this.scope();
    this.OPTION3(() => {
      this.CONSUME(t.When);
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
    this.CONSUME(t.RBrace);
  });

  /** A separate grammar rule, so that recovery from an error before the block finds it. */
  readonly blockStart = this.RULE('blockStart', () => {
    this.ACTION(() => {
      this.entersBraces = true;
    });
    this.CONSUME(t.LBrace);
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
    this.CONSUME(t.Let);
    this.SUBRULE(this.binding);
  });

  readonly binding = this.RULE('binding', () => {
    this.CONSUME(t.Word);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly given = this.RULE('given', () => {
    this.CONSUME(t.Given);
    this.CONSUME(t.Word);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
    this.SUBRULE(this.block);
    this.OPTION(() => {
      this.CONSUME(t.Otherwise);
      this.OR([
        { ALT: () => this.CONSUME(t.Ignore) },
        { ALT: () => this.SUBRULE2(this.block, { LABEL: 'otherwise' }) },
      ]);
    });
  });

  readonly score = this.RULE('score', () => {
    this.CONSUME(t.Score);
    this.CONSUME(t.Word);
    this.CONSUME(t.LBrace);
    this.MANY(() => this.SUBRULE(this.scoreCondition));
    this.MANY2(() => this.SUBRULE(this.band));
    this.CONSUME(t.RBrace);
  });

  readonly scoreCondition = this.RULE('scoreCondition', () => {
    this.CONSUME(t.Word);
    this.CONSUME(t.Counts);
    this.CONSUME(t.Int);
    this.CONSUME(t.When);
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
    this.CONSUME(t.From);
    this.CONSUME(t.Int);
    this.CONSUME(t.EffectWord);
    this.MANY(() => {
      this.OR([
        { ALT: () => this.SUBRULE(this.toClause) },
        { ALT: () => this.SUBRULE(this.unlessClause) },
      ]);
    });
  });

  readonly rule = this.RULE('rule', () => {
    this.CONSUME(t.EffectWord);
    this.CONSUME(t.Word);
    this.OPTION(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.When);
            this.SUBRULE(this.expression);
          },
        },
        { ALT: () => this.CONSUME(t.Otherwise) },
      ]);
    });
    this.OPTION2({
      GATE: () => this.LA(2).tokenType === t.If,
      DEF: () => {
        this.CONSUME(t.Comma);
        this.CONSUME(t.If);
        this.CONSUME(t.Unknown);
        this.CONSUME(t.Skip);
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
    this.CONSUME(t.Where);
    this.SUBRULE(this.binding);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.binding);
    });
  });

  readonly toClause = this.RULE('toClause', () => {
    this.CONSUME(t.To);
    this.SUBRULE(this.settings);
  });

  readonly withClause = this.RULE('withClause', () => {
    this.CONSUME(t.With);
    this.SUBRULE(this.demand);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.demand);
    });
  });

  readonly demand = this.RULE('demand', () => {
    this.CONSUME(t.Word);
    this.OPTION(() => this.SUBRULE(this.settings));
  });

  readonly unlessClause = this.RULE('unlessClause', () => {
    this.CONSUME(t.Or);
    this.CONSUME(t.Deny);
    this.CONSUME(t.Unless);
    this.SUBRULE(this.expression);
  });

  readonly becauseClause = this.RULE('becauseClause', () => {
    this.CONSUME(t.Because);
    this.CONSUME(t.Text);
  });

  readonly coversClause = this.RULE('coversClause', () => {
    this.CONSUME(t.Covers);
    this.SUBRULE(this.controlId);
    this.MANY(() => {
      this.CONSUME(t.Comma);
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
          { ALT: () => this.CONSUME(t.Dot) },
          { ALT: () => this.CONSUME(t.Colon) },
          { ALT: () => this.CONSUME(t.Minus) },
          { ALT: () => this.CONSUME(t.Slash) },
        ]);
        this.SUBRULE2(this.controlIdPart);
      },
    });
  });

  readonly controlIdPart = this.RULE('controlIdPart', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Word) }, { ALT: () => this.CONSUME(t.Literal) }]);
  });
}

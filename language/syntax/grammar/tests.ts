// Tests, their requests and JSON, fixtures and invariants.

import * as t from '../tokens.ts';
import { RuleGrammar } from './rules.ts';

export class TestGrammar extends RuleGrammar {
  readonly testDeclaration = this.RULE('testDeclaration', () => {
    this.CONSUME(t.TestToken);
    this.CONSUME(t.TextToken, { LABEL: 'name' });
    this.CONSUME(t.LBraceToken);
    this.OR([
      { ALT: () => this.CONSUME(t.RequestToken) },
      { ALT: () => this.CONSUME(t.SessionToken) },
    ]);
    this.SUBRULE(this.requestSource);
    this.SUBRULE(this.stepStart);
    this.SUBRULE(this.testSteps);
    this.CONSUME(t.RBraceToken);
  });

  /** `fixture medium_risk from baseline with { context.risk.level = MEDIUM }` */
  readonly fixtureDeclaration = this.RULE('fixtureDeclaration', () => {
    this.CONSUME(t.FixtureToken);
    this.CONSUME(t.WordToken);
    this.SUBRULE(this.requestSource);
    this.OPTION(() => this.SUBRULE(this.changes));
  });

  readonly requestSource = this.RULE('requestSource', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.FromToken);
          this.OR2([
            { ALT: () => this.CONSUME(t.TextToken, { LABEL: 'path' }) },
            { ALT: () => this.CONSUME(t.WordToken, { LABEL: 'fixture' }) },
          ]);
        },
      },
      { ALT: () => this.SUBRULE(this.jsonObject) },
    ]);
  });

  readonly testSteps = this.RULE('testSteps', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.each) },
      {
        ALT: () => {
          this.SUBRULE(this.expectation);
          this.MANY(() => {
            this.CONSUME(t.ThenToken);
            this.SUBRULE(this.step);
          });
        },
      },
    ]);
  });

  readonly step = this.RULE('step', () => {
    this.SUBRULE(this.stepStart);
    this.SUBRULE(this.expectation);
  });

  readonly stepStart = this.RULE('stepStart', () => {
    this.OPTION(() => {
      this.OR([
        {
          ALT: () => {
            this.CONSUME(t.AtToken);
            this.CONSUME(t.TimestampToken, { LABEL: 'at' });
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.AfterToken);
            this.CONSUME(t.DurationToken, { LABEL: 'after' });
          },
        },
      ]);
    });
    this.OPTION5(() => {
      this.CONSUME(t.InToken);
      this.CONSUME(t.SessionToken);
      this.CONSUME(t.TextToken, { LABEL: 'session' });
    });
    this.MANY(() => this.SUBRULE(this.grant));
    this.MANY2(() => this.SUBRULE(this.stepSignal));
    let asked = false;
    this.OPTION2(() => {
      this.SUBRULE(this.asking);
      asked = true;
    });
    this.OPTION3(() => this.SUBRULE(this.changes));
    // `ask` can also follow the changes.
    this.OPTION4({ GATE: () => !asked, DEF: () => this.SUBRULE2(this.asking) });
  });

  /** `ask`, `ask 30 times` */
  readonly asking = this.RULE('asking', () => {
    this.CONSUME(t.AskToken);
    this.OPTION(() => {
      this.CONSUME(t.IntToken, { LABEL: 'times' });
      this.CONSUME(t.TimesToken);
    });
  });

  readonly expectation = this.RULE('expectation', () => {
    this.CONSUME(t.ExpectToken);
    this.SUBRULE(this.outcome);
  });

  readonly outcome = this.RULE('outcome', () => {
    this.CONSUME(t.ExpectedWordToken);
    this.OPTION(() => {
      this.CONSUME(t.BecauseToken);
      this.CONSUME(t.WordToken, { LABEL: 'reason' });
      this.MANY(() => {
        this.CONSUME(t.CommaToken);
        this.CONSUME2(t.WordToken, { LABEL: 'reason' });
      });
    });
    this.OPTION2({
      GATE: () => this.LA(2).tokenType === t.LBraceToken,
      DEF: () => {
        this.CONSUME(t.WithToken);
        this.SUBRULE(this.settings);
      },
    });
    this.OPTION3(() => this.SUBRULE(this.withClause));
    this.OPTION5(() => this.SUBRULE(this.lowerClause));
    this.OPTION4(() => {
      this.CONSUME(t.UntilToken);
      this.CONSUME(t.TimestampToken, { LABEL: 'until' });
    });
  });

  /** `or lower { action.arguments.head = 5 }` */
  readonly lowerClause = this.RULE('lowerClause', () => {
    this.CONSUME(t.OrToken);
    this.CONSUME(t.LowerToken);
    this.CONSUME(t.LBraceToken);
    this.MANY(() => {
      this.SUBRULE(this.change);
      this.OPTION(() => this.CONSUME(t.CommaToken));
    });
    this.CONSUME(t.RBraceToken);
  });

  /** `each context.risk.level { LOW expect permit … }`: each row is a test. */
  readonly each = this.RULE('each', () => {
    this.CONSUME(t.EachToken);
    this.SUBRULE(this.changedPath, { LABEL: 'column' });
    this.MANY(() => {
      this.CONSUME(t.CommaToken);
      this.SUBRULE2(this.changedPath, { LABEL: 'column' });
    });
    this.CONSUME(t.LBraceToken);
    this.MANY2({
      GATE: () => !this.itemAhead(),
      DEF: () => this.SUBRULE(this.row),
    });
    this.CONSUME(t.RBraceToken);
  });

  /** A comma or `expect` follows each cell, so that rows need no separator. */
  readonly row = this.RULE('row', () => {
    this.SUBRULE(this.json, { LABEL: 'cell' });
    this.MANY(() => {
      this.CONSUME(t.CommaToken);
      this.SUBRULE2(this.json, { LABEL: 'cell' });
    });
    this.CONSUME(t.ExpectToken);
    this.SUBRULE(this.outcome);
  });

  /** `granted for 10m by "ada"` */
  readonly grant = this.RULE('grant', () => {
    this.CONSUME(t.GrantedToken);
    this.CONSUME(t.ForAsLongToken);
    this.CONSUME(t.DurationToken, { LABEL: 'lasts' });
    this.OPTION(() => {
      this.CONSUME(t.ByToken);
      this.CONSUME(t.TextToken, { LABEL: 'approver' });
    });
  });

  /** `signal "attestation-failed" at 2026-…Z { reason: "nonce" }`, `outcome "failed" {}` */
  readonly stepSignal = this.RULE('stepSignal', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.SignalToken) },
      { ALT: () => this.CONSUME(t.OutcomeToken) },
    ]);
    this.CONSUME(t.TextToken, { LABEL: 'name' });
    this.OPTION(() => {
      this.CONSUME(t.AtToken);
      this.CONSUME(t.TimestampToken, { LABEL: 'at' });
    });
    this.OPTION2(() => this.SUBRULE(this.jsonObject));
  });

  readonly invariantDeclaration = this.RULE('invariantDeclaration', () => {
    this.CONSUME(t.InvariantToken);
    this.CONSUME(t.TextToken);
    this.scope();
    this.SUBRULE(this.expression);
  });

  readonly changes = this.RULE('changes', () => {
    this.CONSUME(t.WithToken);
    this.CONSUME(t.LBraceToken);
    this.MANY(() => {
      this.SUBRULE(this.change);
      this.OPTION(() => this.CONSUME(t.CommaToken));
    });
    this.CONSUME(t.RBraceToken);
  });

  readonly change = this.RULE('change', () => {
    this.SUBRULE(this.changedPath);
    this.CONSUME(t.EqualsToken);
    this.SUBRULE(this.json);
  });

  readonly changedPath = this.RULE('changedPath', () => {
    this.CONSUME(t.WordToken);
    this.MANY(() => {
      this.CONSUME(t.DotToken);
      this.SUBRULE(this.nameOrText);
    });
  });

  readonly json = this.RULE('json', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.jsonObject) },
      { ALT: () => this.SUBRULE(this.jsonArray) },
      { ALT: () => this.CONSUME(t.WordToken) },
      {
        ALT: () => {
          this.OPTION(() => this.CONSUME(t.MinusToken));
          this.CONSUME(t.LiteralToken);
        },
      },
    ]);
  });

  readonly jsonObject = this.RULE('jsonObject', () => {
    this.CONSUME(t.LBraceToken);
    this.MANY(() => {
      this.SUBRULE(this.jsonMember);
      this.OPTION(() => this.CONSUME(t.CommaToken));
    });
    this.CONSUME(t.RBraceToken);
  });

  readonly jsonMember = this.RULE('jsonMember', () => {
    this.SUBRULE(this.nameOrText);
    this.CONSUME(t.ColonToken);
    this.SUBRULE(this.json);
  });

  readonly jsonArray = this.RULE('jsonArray', () => {
    this.CONSUME(t.LBracketToken);
    this.MANY(() => {
      this.SUBRULE(this.json);
      this.OPTION(() => this.CONSUME(t.CommaToken));
    });
    this.CONSUME(t.RBracketToken);
  });
}

// Tests, their requests and JSON, fixtures and invariants.

import * as t from '../tokens.ts';
import { RuleGrammar } from './rules.ts';

export class TestGrammar extends RuleGrammar {
  readonly testDeclaration = this.RULE('testDeclaration', () => {
    this.CONSUME(t.Test);
    this.CONSUME(t.Text, { LABEL: 'name' });
    this.CONSUME(t.LBrace);
    this.OR([{ ALT: () => this.CONSUME(t.Request) }, { ALT: () => this.CONSUME(t.Session) }]);
    this.SUBRULE(this.requestSource);
    this.SUBRULE(this.stepStart);
    this.SUBRULE(this.testSteps);
    this.CONSUME(t.RBrace);
  });

  /** `fixture medium_risk from baseline with { context.risk.level = MEDIUM }` */
  readonly fixtureDeclaration = this.RULE('fixtureDeclaration', () => {
    this.CONSUME(t.Fixture);
    this.CONSUME(t.Word);
    this.SUBRULE(this.requestSource);
    this.OPTION(() => this.SUBRULE(this.changes));
  });

  readonly requestSource = this.RULE('requestSource', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.From);
          this.OR2([
            { ALT: () => this.CONSUME(t.Text, { LABEL: 'path' }) },
            { ALT: () => this.CONSUME(t.Word, { LABEL: 'fixture' }) },
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
            this.CONSUME(t.Then);
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
            this.CONSUME(t.At);
            this.CONSUME(t.Timestamp, { LABEL: 'at' });
          },
        },
        {
          ALT: () => {
            this.CONSUME(t.After);
            this.CONSUME(t.Duration, { LABEL: 'after' });
          },
        },
      ]);
    });
    this.OPTION5(() => {
      this.CONSUME(t.In);
      this.CONSUME(t.Session);
      this.CONSUME(t.Text, { LABEL: 'session' });
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
    this.CONSUME(t.Ask);
    this.OPTION(() => {
      this.CONSUME(t.Int, { LABEL: 'times' });
      this.CONSUME(t.Times);
    });
  });

  readonly expectation = this.RULE('expectation', () => {
    this.CONSUME(t.Expect);
    this.SUBRULE(this.outcome);
  });

  readonly outcome = this.RULE('outcome', () => {
    this.CONSUME(t.ExpectedWord);
    this.OPTION(() => {
      this.CONSUME(t.Because);
      this.CONSUME(t.Word, { LABEL: 'reason' });
      this.MANY(() => {
        this.CONSUME(t.Comma);
        this.CONSUME2(t.Word, { LABEL: 'reason' });
      });
    });
    this.OPTION2({
      GATE: () => this.LA(2).tokenType === t.LBrace,
      DEF: () => {
        this.CONSUME(t.With);
        this.SUBRULE(this.settings);
      },
    });
    this.OPTION3(() => this.SUBRULE(this.withClause));
    this.OPTION5(() => this.SUBRULE(this.lowerClause));
    this.OPTION4(() => {
      this.CONSUME(t.Until);
      this.CONSUME(t.Timestamp, { LABEL: 'until' });
    });
  });

  /** `or lower { action.arguments.head = 5 }` */
  readonly lowerClause = this.RULE('lowerClause', () => {
    this.CONSUME(t.Or);
    this.CONSUME(t.Lower);
    this.CONSUME(t.LBrace);
    this.MANY(() => {
      this.SUBRULE(this.change);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RBrace);
  });

  /** `each context.risk.level { LOW expect permit … }`: each row is a test. */
  readonly each = this.RULE('each', () => {
    this.CONSUME(t.Each);
    this.SUBRULE(this.changedPath, { LABEL: 'column' });
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.changedPath, { LABEL: 'column' });
    });
    this.CONSUME(t.LBrace);
    this.MANY2({
      GATE: () => !this.itemAhead(),
      DEF: () => this.SUBRULE(this.row),
    });
    this.CONSUME(t.RBrace);
  });

  /** A comma or `expect` follows each cell, so that rows need no separator. */
  readonly row = this.RULE('row', () => {
    this.SUBRULE(this.json, { LABEL: 'cell' });
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.json, { LABEL: 'cell' });
    });
    this.CONSUME(t.Expect);
    this.SUBRULE(this.outcome);
  });

  /** `granted for 10m by "ada"` */
  readonly grant = this.RULE('grant', () => {
    this.CONSUME(t.Granted);
    this.CONSUME(t.ForAsLong);
    this.CONSUME(t.Duration, { LABEL: 'lasts' });
    this.OPTION(() => {
      this.CONSUME(t.By);
      this.CONSUME(t.Text, { LABEL: 'approver' });
    });
  });

  /** `signal "attestation-failed" at 2026-…Z { reason: "nonce" }`, `outcome "failed" {}` */
  readonly stepSignal = this.RULE('stepSignal', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Signal) }, { ALT: () => this.CONSUME(t.Outcome) }]);
    this.CONSUME(t.Text, { LABEL: 'name' });
    this.OPTION(() => {
      this.CONSUME(t.At);
      this.CONSUME(t.Timestamp, { LABEL: 'at' });
    });
    this.OPTION2(() => this.SUBRULE(this.jsonObject));
  });

  readonly invariantDeclaration = this.RULE('invariantDeclaration', () => {
    this.CONSUME(t.Invariant);
    this.CONSUME(t.Text);
    this.scope();
    this.SUBRULE(this.expression);
  });

  readonly changes = this.RULE('changes', () => {
    this.CONSUME(t.With);
    this.CONSUME(t.LBrace);
    this.MANY(() => {
      this.SUBRULE(this.change);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RBrace);
  });

  readonly change = this.RULE('change', () => {
    this.SUBRULE(this.changedPath);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.json);
  });

  readonly changedPath = this.RULE('changedPath', () => {
    this.CONSUME(t.Word);
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.SUBRULE(this.nameOrText);
    });
  });

  readonly json = this.RULE('json', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.jsonObject) },
      { ALT: () => this.SUBRULE(this.jsonArray) },
      { ALT: () => this.CONSUME(t.Word) },
      {
        ALT: () => {
          this.OPTION(() => this.CONSUME(t.Minus));
          this.CONSUME(t.Literal);
        },
      },
    ]);
  });

  readonly jsonObject = this.RULE('jsonObject', () => {
    this.CONSUME(t.LBrace);
    this.MANY(() => {
      this.SUBRULE(this.jsonMember);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RBrace);
  });

  readonly jsonMember = this.RULE('jsonMember', () => {
    this.SUBRULE(this.nameOrText);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.json);
  });

  readonly jsonArray = this.RULE('jsonArray', () => {
    this.CONSUME(t.LBracket);
    this.MANY(() => {
      this.SUBRULE(this.json);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RBracket);
  });
}

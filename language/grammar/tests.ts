// Tests with the JSON in them, and invariants.

import * as t from '../tokens.ts';
import { RuleGrammar } from './rules.ts';

export class TestGrammar extends RuleGrammar {
  readonly testDeclaration = this.RULE('testDeclaration', () => {
    this.CONSUME(t.Test);
    this.CONSUME(t.Text, { LABEL: 'name' });
    this.CONSUME(t.LBrace);
    this.OR([{ ALT: () => this.CONSUME(t.Request) }, { ALT: () => this.CONSUME(t.Session) }]);
    this.OR2([
      {
        ALT: () => {
          this.CONSUME(t.From);
          this.CONSUME2(t.Text, { LABEL: 'path' });
        },
      },
      { ALT: () => this.SUBRULE(this.jsonObject) },
    ]);
    this.SUBRULE(this.step);
    this.MANY(() => {
      this.CONSUME(t.Then);
      this.SUBRULE2(this.step);
    });
    this.CONSUME(t.RBrace);
  });

  readonly step = this.RULE('step', () => {
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
    this.MANY4(() => this.SUBRULE(this.grant));
    this.MANY3(() => this.SUBRULE(this.stepSignal));
    this.OPTION8(() => {
      this.CONSUME(t.Ask);
      this.OPTION9(() => {
        this.CONSUME(t.Int, { LABEL: 'times' });
        this.CONSUME(t.Times);
      });
    });
    this.OPTION2(() => {
      this.CONSUME(t.With);
      this.CONSUME(t.LBrace);
      this.MANY(() => {
        this.SUBRULE(this.change);
        this.OPTION3(() => this.CONSUME(t.Comma));
      });
      this.CONSUME(t.RBrace);
    });
    this.CONSUME(t.Expect);
    this.CONSUME(t.EffectWord);
    this.OPTION4(() => {
      this.CONSUME(t.Because);
      this.CONSUME(t.Word, { LABEL: 'reason' });
      this.MANY2(() => {
        this.CONSUME2(t.Comma, { LABEL: 'reasonComma' });
        this.CONSUME2(t.Word, { LABEL: 'reason' });
      });
    });
    this.OPTION5({
      GATE: () => this.LA(2).tokenType === t.LBrace,
      DEF: () => {
        this.CONSUME2(t.With);
        this.SUBRULE(this.settings);
      },
    });
    this.OPTION6(() => this.SUBRULE(this.withClause));
    this.OPTION7(() => {
      this.CONSUME(t.Until);
      this.CONSUME2(t.Timestamp, { LABEL: 'until' });
    });
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

  /** `signal "attestation-failed" at 2026-…Z { reason: "nonce" }` */
  readonly stepSignal = this.RULE('stepSignal', () => {
    this.CONSUME(t.Signal);
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
    this.CONSUME(t.For);
    this.SUBRULE(this.nameList, { LABEL: 'subjects' });
    this.OPTION(() => {
      this.CONSUME(t.Doing);
      this.SUBRULE2(this.nameList, { LABEL: 'actions' });
    });
    this.OPTION2(() => {
      this.CONSUME(t.On);
      this.SUBRULE3(this.nameList, { LABEL: 'resources' });
    });
    this.SUBRULE(this.expression);
  });

  readonly change = this.RULE('change', () => {
    this.CONSUME(t.Word);
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.SUBRULE(this.nameOrText);
    });
    this.CONSUME(t.Equals);
    this.SUBRULE(this.json);
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

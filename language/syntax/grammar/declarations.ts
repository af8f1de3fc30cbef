// Declarations and types.

import * as t from '../tokens.ts';
import { ExpressionGrammar, outermost } from './expressions.ts';

export class DeclarationGrammar extends ExpressionGrammar {
  readonly policyDeclaration = this.RULE('policyDeclaration', () => {
    this.CONSUME(t.Policy);
    this.CONSUME(t.Word);
    this.MANY(() => {
      this.CONSUME(t.Dot);
      this.CONSUME2(t.Word);
    });
    this.OPTION(() => {
      this.CONSUME(t.Version);
      this.CONSUME(t.Text);
    });
  });

  readonly useDeclaration = this.RULE('useDeclaration', () => {
    this.CONSUME(t.Use);
    this.OR([
      {
        ALT: () => {
          this.SUBRULE(this.usedNames);
          this.CONSUME(t.From);
          this.CONSUME(t.Text);
        },
      },
      { ALT: () => this.CONSUME2(t.Text) },
      {
        ALT: () => {
          this.CONSUME(t.Word);
          this.OPTION(() => {
            this.CONSUME(t.Dot);
            this.SUBRULE2(this.usedNames);
          });
        },
      },
    ]);
  });

  readonly usedNames = this.RULE('usedNames', () => {
    this.CONSUME(t.LBrace);
    this.MANY({
      GATE: () => !this.itemAhead(),
      DEF: () => {
        this.CONSUME(t.Word);
        this.OPTION(() => this.CONSUME(t.Comma));
      },
    });
    this.CONSUME(t.RBrace);
  });

  readonly enumDeclaration = this.RULE('enumDeclaration', () => {
    this.CONSUME(t.Enum);
    this.CONSUME(t.Word);
    this.CONSUME(t.LBrace);
    this.SUBRULE(this.nameOrText, { LABEL: 'member' });
    this.MANY({
      GATE: () => !this.catchAllAhead(),
      DEF: () => {
        this.OR([{ ALT: () => this.CONSUME(t.Comma) }, { ALT: () => this.CONSUME(t.Less) }]);
        this.SUBRULE2(this.nameOrText, { LABEL: 'member' });
      },
    });
    this.OPTION({
      GATE: () => this.catchAllAhead(),
      DEF: () => {
        this.CONSUME2(t.Comma, { LABEL: 'catchAllComma' });
        this.CONSUME(t.Else);
        this.SUBRULE3(this.nameOrText, { LABEL: 'catchAll' });
      },
    });
    this.OPTION2(() => this.CONSUME3(t.Comma, { LABEL: 'trailingComma' }));
    this.CONSUME(t.RBrace);
  });

  /** Whether `, else NAME` follows. */
  private catchAllAhead(): boolean {
    return (
      this.LA(1).tokenType === t.Comma &&
      this.LA(2).tokenType === t.Else &&
      ![t.Comma, t.Less, t.RBrace].includes(this.LA(3).tokenType)
    );
  }

  /** `actions writes = { "fs.write", glob"db.*" }` */
  readonly nameSetDeclaration = this.RULE('nameSetDeclaration', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Actions) }, { ALT: () => this.CONSUME(t.Resources) }]);
    this.CONSUME(t.Word);
    this.CONSUME(t.Equals);
    this.CONSUME(t.LBrace);
    this.MANY({
      GATE: () => !this.itemAhead(),
      DEF: () => {
        this.SUBRULE(this.scopeName);
        this.OPTION(() => this.CONSUME(t.Comma));
      },
    });
    this.CONSUME(t.RBrace);
  });

  readonly recordDeclaration = this.RULE('recordDeclaration', () => {
    this.CONSUME(t.Record);
    this.CONSUME(t.Word);
    this.SUBRULE(this.recordType);
  });

  readonly constDeclaration = this.RULE('constDeclaration', () => {
    this.CONSUME(t.Const);
    this.CONSUME(t.Word);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly schemaDeclaration = this.RULE('schemaDeclaration', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.Subject) },
      { ALT: () => this.CONSUME(t.Action) },
      { ALT: () => this.CONSUME(t.Resource) },
    ]);
    this.SUBRULE(this.nameOrText);
    this.SUBRULE(this.recordType);
  });

  readonly contextDeclaration = this.RULE('contextDeclaration', () => {
    this.CONSUME(t.Context);
    this.OPTION(() => this.SUBRULE(this.contextScope));
    this.SUBRULE(this.recordType);
  });

  /** `for any doing "payment.send" on account` */
  readonly contextScope = this.RULE('contextScope', () => this.scope());

  readonly signalsDeclaration = this.RULE('signalsDeclaration', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Signals) }, { ALT: () => this.CONSUME(t.Outcomes) }]);
    this.OR2([{ ALT: () => this.SUBRULE(this.recordType) }, { ALT: () => this.CONSUME(t.Word) }]);
  });

  readonly tableDeclaration = this.RULE('tableDeclaration', () => {
    this.OPTION(() => this.CONSUME(t.Transitive));
    this.CONSUME(t.Table);
    this.SUBRULE(this.tableSignature);
    this.SUBRULE(this.tableContents);
  });

  /** Also accepts contents, which are invalid, so that they get a single message. */
  readonly externalTableDeclaration = this.RULE('externalTableDeclaration', () => {
    this.CONSUME(t.External);
    this.OPTION2(() => this.CONSUME(t.Transitive));
    this.CONSUME(t.Table);
    this.SUBRULE(this.tableSignature);
    this.OPTION(() => this.SUBRULE(this.tableContents));
  });

  readonly tableSignature = this.RULE('tableSignature', () => {
    this.CONSUME(t.Word);
    this.CONSUME(t.Colon);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.LParen);
          this.SUBRULE(this.typeReference, { LABEL: 'key' });
          this.CONSUME(t.Comma);
          this.SUBRULE2(this.typeReference, { LABEL: 'key' });
          this.CONSUME(t.RParen);
        },
      },
      { ALT: () => this.SUBRULE3(this.typeReference, { LABEL: 'key' }) },
    ]);
    this.CONSUME(t.Arrow);
    this.SUBRULE4(this.typeReference, { LABEL: 'value' });
  });

  readonly tableContents = this.RULE('tableContents', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.From);
          this.CONSUME(t.Text);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.LBrace);
          this.MANY({
            GATE: () => !this.itemAhead(),
            DEF: () => {
              this.SUBRULE(this.tableEntry);
              this.OPTION(() => this.CONSUME(t.Comma, { LABEL: 'entryComma' }));
            },
          });
          this.CONSUME(t.RBrace);
        },
      },
    ]);
  });

  readonly tableEntry = this.RULE('tableEntry', () => {
    this.SUBRULE(this.expression, { LABEL: 'key' });
    this.CONSUME(t.Colon);
    this.OR([
      {
        // A name and a colon distinguish a record from a set.
        GATE: () => this.LA(1).tokenType === t.LBrace && this.LA(3).tokenType === t.Colon,
        ALT: () => this.SUBRULE(this.settings),
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => this.SUBRULE2(this.expression, { LABEL: 'value' }) },
    ]);
  });

  readonly settings = this.RULE('settings', () => {
    this.CONSUME(t.LBrace);
    this.MANY(() => {
      this.SUBRULE(this.setting);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RBrace);
  });

  readonly setting = this.RULE('setting', () => {
    this.CONSUME(t.Word);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.expression);
  });

  readonly constraintDeclaration = this.RULE('constraintDeclaration', () => {
    this.CONSUME(t.Constraint);
    this.CONSUME(t.Word);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.typeReference);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Limits);
          this.SUBRULE(this.expression, { ARGS: [{ ...outermost, beforeLower: true }] });
          this.OPTION(() => {
            this.CONSUME(t.Or);
            this.CONSUME(t.Lower);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Smallest);
          this.CONSUME(t.Wins);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.Largest);
          this.CONSUME2(t.Wins);
        },
      },
      { ALT: () => this.CONSUME(t.Intersects) },
      {
        ALT: () => {
          this.CONSUME(t.Must);
          this.CONSUME(t.Agree);
        },
      },
    ]);
  });

  readonly obligationDeclaration = this.RULE('obligationDeclaration', () => {
    this.CONSUME(t.Obligation);
    this.CONSUME(t.Word);
    this.OPTION(() => {
      this.CONSUME(t.Colon);
      this.CONSUME2(t.Word, { LABEL: 'type' });
    });
    this.SUBRULE(this.recordType);
  });

  readonly typeReference = this.RULE('typeReference', (depth: number = 0) => {
    this.ACTION(() => this.refuseTooDeep(depth));
    this.OR([
      { ALT: () => this.SUBRULE(this.recordType, { ARGS: [depth + 1] }) },
      {
        ALT: () => {
          this.CONSUME(t.Word);
          this.OPTION({
            GATE: () =>
              [t.Less, t.LParen].includes(this.LA(1).tokenType) ||
              this.LA(2).tokenType === t.Seconds,
            DEF: () => {
              this.OR2([
                {
                  ALT: () => {
                    this.CONSUME(t.Less);
                    this.SUBRULE(this.typeReference, { ARGS: [depth + 1] });
                    this.OPTION2(() => {
                      this.CONSUME(t.Comma);
                      this.SUBRULE2(this.typeReference, { ARGS: [depth + 1] });
                    });
                    this.CONSUME(t.Greater);
                  },
                },
                { ALT: () => this.SUBRULE(this.range) },
                {
                  ALT: () => {
                    this.CONSUME(t.In);
                    this.CONSUME(t.Seconds);
                  },
                },
              ]);
            },
          });
        },
      },
    ]);
  });

  /** `(0..100)`; either bound may be missing. */
  readonly range = this.RULE('range', () => {
    this.CONSUME(t.LParen);
    this.OPTION(() => this.SUBRULE(this.bound, { LABEL: 'min' }));
    this.CONSUME(t.DotDot);
    this.OPTION2(() => this.SUBRULE2(this.bound, { LABEL: 'max' }));
    this.CONSUME(t.RParen);
  });

  readonly bound = this.RULE('bound', () => {
    this.OPTION(() => this.CONSUME(t.Minus));
    this.CONSUME(t.Literal);
  });

  readonly recordType = this.RULE('recordType', (depth: number = 0) => {
    this.CONSUME(t.LBrace);
    this.MANY({
      // A word that cannot become a member is left to recovery at `}`, so that it gets a single message.
      GATE: () =>
        this.LA(2).tokenType !== t.Comma &&
        this.LA(2).tokenType !== t.RBrace &&
        (this.memberAhead() || !this.itemAhead()),
      DEF: () => {
        this.SUBRULE(this.member, { ARGS: [depth] });
        this.OPTION(() => this.CONSUME(t.Comma));
      },
    });
    this.CONSUME(t.RBrace);
  });

  readonly member = this.RULE('member', (depth: number = 0) => {
    this.OPTION4({
      GATE: () => this.propertiesAhead(),
      DEF: () => {
        this.CONSUME(t.Word, { LABEL: 'properties' });
        this.CONSUME(t.Dot);
      },
    });
    this.SUBRULE(this.nameOrText);
    this.OPTION(() => this.CONSUME(t.Question));
    this.CONSUME(t.Colon);
    this.OPTION5({ GATE: () => this.secretAhead(), DEF: () => this.CONSUME(t.Secret) });
    this.SUBRULE(this.typeReference, { ARGS: [depth] });
    this.OPTION2({
      GATE: () => !this.memberAhead(),
      DEF: () => {
        this.CONSUME(t.Fresh);
        this.SUBRULE(this.expression, { LABEL: 'fresh' });
      },
    });
    this.OPTION3(() => {
      this.CONSUME(t.Equals);
      this.SUBRULE2(this.expression, { LABEL: 'default' });
    });
  });
}

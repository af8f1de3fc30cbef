// Declarations and types.

import * as t from '../tokens.ts';
import { ExpressionGrammar, outermost } from './expressions.ts';

export class DeclarationGrammar extends ExpressionGrammar {
  readonly policyDeclaration = this.RULE('policyDeclaration', () => {
    this.CONSUME(t.PolicyToken);
    this.CONSUME(t.WordToken);
    this.MANY(() => {
      this.CONSUME(t.DotToken);
      this.CONSUME2(t.WordToken);
    });
    this.OPTION(() => {
      this.CONSUME(t.VersionToken);
      this.CONSUME(t.TextToken);
    });
  });

  readonly useDeclaration = this.RULE('useDeclaration', () => {
    this.CONSUME(t.UseToken);
    this.OR([
      {
        ALT: () => {
          this.SUBRULE(this.usedNames);
          this.CONSUME(t.FromToken);
          this.CONSUME(t.TextToken);
        },
      },
      { ALT: () => this.CONSUME2(t.TextToken) },
      {
        ALT: () => {
          this.CONSUME(t.WordToken);
          this.OPTION(() => {
            this.CONSUME(t.DotToken);
            this.SUBRULE2(this.usedNames);
          });
        },
      },
    ]);
  });

  readonly usedNames = this.RULE('usedNames', () => {
    this.CONSUME(t.LBraceToken);
    this.MANY({
      GATE: () => !this.itemAhead(),
      DEF: () => {
        this.CONSUME(t.WordToken);
        this.OPTION(() => this.CONSUME(t.CommaToken));
      },
    });
    this.CONSUME(t.RBraceToken);
  });

  readonly enumDeclaration = this.RULE('enumDeclaration', () => {
    this.CONSUME(t.EnumToken);
    this.CONSUME(t.WordToken);
    this.CONSUME(t.LBraceToken);
    this.SUBRULE(this.nameOrText, { LABEL: 'member' });
    this.MANY({
      GATE: () => !this.catchAllAhead(),
      DEF: () => {
        this.OR([
          { ALT: () => this.CONSUME(t.CommaToken) },
          { ALT: () => this.CONSUME(t.LessToken) },
        ]);
        this.SUBRULE2(this.nameOrText, { LABEL: 'member' });
      },
    });
    this.OPTION({
      GATE: () => this.catchAllAhead(),
      DEF: () => {
        this.CONSUME2(t.CommaToken, { LABEL: 'catchAllComma' });
        this.CONSUME(t.ElseToken);
        this.SUBRULE3(this.nameOrText, { LABEL: 'catchAll' });
      },
    });
    this.OPTION2(() => this.CONSUME3(t.CommaToken, { LABEL: 'trailingComma' }));
    this.CONSUME(t.RBraceToken);
  });

  /** Whether `, else NAME` follows. */
  private catchAllAhead(): boolean {
    return (
      this.LA(1).tokenType === t.CommaToken &&
      this.LA(2).tokenType === t.ElseToken &&
      ![t.CommaToken, t.LessToken, t.RBraceToken].includes(this.LA(3).tokenType)
    );
  }

  /** `actions writes = { "fs.write", glob"db.*" }` */
  readonly nameSetDeclaration = this.RULE('nameSetDeclaration', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.ActionsToken) },
      { ALT: () => this.CONSUME(t.ResourcesToken) },
    ]);
    this.CONSUME(t.WordToken);
    this.CONSUME(t.EqualsToken);
    this.CONSUME(t.LBraceToken);
    this.MANY({
      GATE: () => !this.itemAhead(),
      DEF: () => {
        this.SUBRULE(this.scopeName);
        this.OPTION(() => this.CONSUME(t.CommaToken));
      },
    });
    this.CONSUME(t.RBraceToken);
  });

  readonly recordDeclaration = this.RULE('recordDeclaration', () => {
    this.CONSUME(t.RecordToken);
    this.CONSUME(t.WordToken);
    this.SUBRULE(this.recordType);
  });

  readonly constDeclaration = this.RULE('constDeclaration', () => {
    this.CONSUME(t.ConstToken);
    this.CONSUME(t.WordToken);
    this.CONSUME(t.EqualsToken);
    this.SUBRULE(this.expression);
  });

  readonly schemaDeclaration = this.RULE('schemaDeclaration', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.SubjectToken) },
      { ALT: () => this.CONSUME(t.ActionToken) },
      { ALT: () => this.CONSUME(t.ResourceToken) },
    ]);
    this.SUBRULE(this.nameOrText);
    this.SUBRULE(this.recordType);
  });

  readonly contextDeclaration = this.RULE('contextDeclaration', () => {
    this.CONSUME(t.ContextToken);
    this.OPTION(() => this.SUBRULE(this.contextScope));
    this.SUBRULE(this.recordType);
  });

  /** `for any doing "payment.send" on account` */
  readonly contextScope = this.RULE('contextScope', () => this.scope());

  readonly signalsDeclaration = this.RULE('signalsDeclaration', () => {
    this.OR([
      { ALT: () => this.CONSUME(t.SignalsToken) },
      { ALT: () => this.CONSUME(t.OutcomesToken) },
    ]);
    this.OR2([
      { ALT: () => this.SUBRULE(this.recordType) },
      { ALT: () => this.CONSUME(t.WordToken) },
    ]);
  });

  readonly tableDeclaration = this.RULE('tableDeclaration', () => {
    this.OPTION(() => this.CONSUME(t.TransitiveToken));
    this.CONSUME(t.TableToken);
    this.SUBRULE(this.tableSignature);
    this.SUBRULE(this.tableContents);
  });

  /** Also accepts contents, which are invalid, so that they get a single message. */
  readonly externalTableDeclaration = this.RULE('externalTableDeclaration', () => {
    this.CONSUME(t.ExternalToken);
    this.OPTION2(() => this.CONSUME(t.TransitiveToken));
    this.CONSUME(t.TableToken);
    this.SUBRULE(this.tableSignature);
    this.OPTION(() => this.SUBRULE(this.tableContents));
  });

  readonly tableSignature = this.RULE('tableSignature', () => {
    this.CONSUME(t.WordToken);
    this.CONSUME(t.ColonToken);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.LParenToken);
          this.SUBRULE(this.typeReference, { LABEL: 'key' });
          this.CONSUME(t.CommaToken);
          this.SUBRULE2(this.typeReference, { LABEL: 'key' });
          this.CONSUME(t.RParenToken);
        },
      },
      { ALT: () => this.SUBRULE3(this.typeReference, { LABEL: 'key' }) },
    ]);
    this.CONSUME(t.ArrowToken);
    this.SUBRULE4(this.typeReference, { LABEL: 'value' });
  });

  readonly tableContents = this.RULE('tableContents', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.FromToken);
          this.CONSUME(t.TextToken);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.LBraceToken);
          this.MANY({
            GATE: () => !this.itemAhead(),
            DEF: () => {
              this.SUBRULE(this.tableEntry);
              this.OPTION(() => this.CONSUME(t.CommaToken, { LABEL: 'entryComma' }));
            },
          });
          this.CONSUME(t.RBraceToken);
        },
      },
    ]);
  });

  readonly tableEntry = this.RULE('tableEntry', () => {
    this.SUBRULE(this.expression, { LABEL: 'key' });
    this.CONSUME(t.ColonToken);
    this.OR([
      {
        // A name and a colon distinguish a record from a set.
        GATE: () => this.LA(1).tokenType === t.LBraceToken && this.LA(3).tokenType === t.ColonToken,
        ALT: () => this.SUBRULE(this.settings),
        IGNORE_AMBIGUITIES: true,
      },
      { ALT: () => this.SUBRULE2(this.expression, { LABEL: 'value' }) },
    ]);
  });

  readonly settings = this.RULE('settings', () => {
    this.CONSUME(t.LBraceToken);
    this.MANY(() => {
      this.SUBRULE(this.setting);
      this.OPTION(() => this.CONSUME(t.CommaToken));
    });
    this.CONSUME(t.RBraceToken);
  });

  readonly setting = this.RULE('setting', () => {
    this.CONSUME(t.WordToken);
    this.CONSUME(t.ColonToken);
    this.SUBRULE(this.expression);
  });

  readonly constraintDeclaration = this.RULE('constraintDeclaration', () => {
    this.CONSUME(t.ConstraintToken);
    this.CONSUME(t.WordToken);
    this.CONSUME(t.ColonToken);
    this.SUBRULE(this.typeReference);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.LimitsToken);
          this.SUBRULE(this.expression, { ARGS: [{ ...outermost, beforeLower: true }] });
          this.OPTION(() => {
            this.CONSUME(t.OrToken);
            this.CONSUME(t.LowerToken);
          });
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.SmallestToken);
          this.CONSUME(t.WinsToken);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.LargestToken);
          this.CONSUME2(t.WinsToken);
        },
      },
      { ALT: () => this.CONSUME(t.IntersectsToken) },
      {
        ALT: () => {
          this.CONSUME(t.MustToken);
          this.CONSUME(t.AgreeToken);
        },
      },
    ]);
  });

  readonly obligationDeclaration = this.RULE('obligationDeclaration', () => {
    this.CONSUME(t.ObligationToken);
    this.CONSUME(t.WordToken);
    this.OPTION(() => {
      this.CONSUME(t.ColonToken);
      this.CONSUME2(t.WordToken, { LABEL: 'type' });
    });
    this.SUBRULE(this.recordType);
  });

  readonly typeReference = this.RULE('typeReference', (depth: number = 0) => {
    this.ACTION(() => this.refuseTooDeep(depth));
    this.OR([
      { ALT: () => this.SUBRULE(this.recordType, { ARGS: [depth + 1] }) },
      {
        ALT: () => {
          this.CONSUME(t.WordToken);
          this.OPTION({
            GATE: () =>
              [t.LessToken, t.LParenToken].includes(this.LA(1).tokenType) ||
              this.LA(2).tokenType === t.SecondsToken,
            DEF: () => {
              this.OR2([
                {
                  ALT: () => {
                    this.CONSUME(t.LessToken);
                    this.SUBRULE(this.typeReference, { ARGS: [depth + 1] });
                    this.OPTION2(() => {
                      this.CONSUME(t.CommaToken);
                      this.SUBRULE2(this.typeReference, { ARGS: [depth + 1] });
                    });
                    this.CONSUME(t.GreaterToken);
                  },
                },
                { ALT: () => this.SUBRULE(this.range) },
                {
                  ALT: () => {
                    this.CONSUME(t.InToken);
                    this.CONSUME(t.SecondsToken);
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
    this.CONSUME(t.LParenToken);
    this.OPTION(() => this.SUBRULE(this.bound, { LABEL: 'min' }));
    this.CONSUME(t.DotDotToken);
    this.OPTION2(() => this.SUBRULE2(this.bound, { LABEL: 'max' }));
    this.CONSUME(t.RParenToken);
  });

  readonly bound = this.RULE('bound', () => {
    this.OPTION(() => this.CONSUME(t.MinusToken));
    this.CONSUME(t.LiteralToken);
  });

  readonly recordType = this.RULE('recordType', (depth: number = 0) => {
    this.CONSUME(t.LBraceToken);
    this.MANY({
      // A word that cannot become a member is left to recovery at `}`, so that it gets a single message.
      GATE: () =>
        this.LA(2).tokenType !== t.CommaToken &&
        this.LA(2).tokenType !== t.RBraceToken &&
        (this.memberAhead() || !this.itemAhead()),
      DEF: () => {
        this.SUBRULE(this.member, { ARGS: [depth] });
        this.OPTION(() => this.CONSUME(t.CommaToken));
      },
    });
    this.CONSUME(t.RBraceToken);
  });

  readonly member = this.RULE('member', (depth: number = 0) => {
    this.OPTION4({
      GATE: () => this.propertiesAhead(),
      DEF: () => {
        this.CONSUME(t.WordToken, { LABEL: 'properties' });
        this.CONSUME(t.DotToken);
      },
    });
    this.SUBRULE(this.nameOrText);
    this.OPTION(() => this.CONSUME(t.QuestionToken));
    this.CONSUME(t.ColonToken);
    this.OPTION5({ GATE: () => this.secretAhead(), DEF: () => this.CONSUME(t.SecretToken) });
    this.SUBRULE(this.typeReference, { ARGS: [depth] });
    this.OPTION2({
      GATE: () => !this.memberAhead(),
      DEF: () => {
        this.CONSUME(t.FreshToken);
        this.SUBRULE(this.expression, { LABEL: 'fresh' });
      },
    });
    this.OPTION3(() => {
      this.CONSUME(t.EqualsToken);
      this.SUBRULE2(this.expression, { LABEL: 'default' });
    });
  });
}

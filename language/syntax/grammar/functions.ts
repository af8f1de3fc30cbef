// Predicates and functions: `predicate small(n: Int) = n < 5`, `function twice(n: Int): Int = n * 2`.

import * as t from '../tokens.ts';
import { DeclarationGrammar } from './declarations.ts';

export class FunctionGrammar extends DeclarationGrammar {
  readonly functionDeclaration = this.RULE('functionDeclaration', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.Predicate);
          this.CONSUME(t.Word);
          this.SUBRULE(this.parameters);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.FunctionWord);
          this.CONSUME2(t.Word);
          this.SUBRULE2(this.parameters);
          this.CONSUME(t.Colon);
          this.SUBRULE(this.typeReference);
        },
      },
    ]);
    this.CONSUME(t.Equals);
    this.SUBRULE(this.expression);
  });

  readonly parameters = this.RULE('parameters', () => {
    this.CONSUME(t.LParen);
    this.MANY(() => {
      this.SUBRULE(this.parameter);
      this.OPTION(() => this.CONSUME(t.Comma));
    });
    this.CONSUME(t.RParen);
  });

  readonly parameter = this.RULE('parameter', () => {
    this.CONSUME(t.Word);
    this.CONSUME(t.Colon);
    this.SUBRULE(this.typeReference);
  });
}

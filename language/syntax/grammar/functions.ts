// Predicates and functions: `predicate small(n: Int) = n < 5`, `function twice(n: Int): Int = n * 2`.

import * as t from '../tokens.ts';
import { DeclarationGrammar } from './declarations.ts';

export class FunctionGrammar extends DeclarationGrammar {
  readonly functionDeclaration = this.RULE('functionDeclaration', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(t.PredicateToken);
          this.CONSUME(t.WordToken);
          this.SUBRULE(this.parameters);
        },
      },
      {
        ALT: () => {
          this.CONSUME(t.FunctionToken);
          this.CONSUME2(t.WordToken);
          this.SUBRULE2(this.parameters);
          this.CONSUME(t.ColonToken);
          this.SUBRULE(this.typeReference);
        },
      },
    ]);
    this.CONSUME(t.EqualsToken);
    this.SUBRULE(this.expression);
  });

  readonly parameters = this.RULE('parameters', () => {
    this.CONSUME(t.LParenToken);
    this.MANY(() => {
      this.SUBRULE(this.parameter);
      this.OPTION(() => this.CONSUME(t.CommaToken));
    });
    this.CONSUME(t.RParenToken);
  });

  readonly parameter = this.RULE('parameter', () => {
    this.CONSUME(t.WordToken);
    this.CONSUME(t.ColonToken);
    this.SUBRULE(this.typeReference);
  });
}

// The grammar: parses tokens to a concrete syntax tree. Operators are a flat list and commas in braces are
// optional; to-ast checks both. After an error, the parser continues at the next rule, member or
// declaration. It throws `TooDeep` and `TooManyErrors`.

import { Expectations } from '../expectations.ts';
import { WindowGrammar } from './windows.ts';

export { TooDeep } from './base.ts';

export class PolicyParser extends WindowGrammar {
  constructor(expectations: Expectations, skipValidations = true) {
    super(expectations, skipValidations);
    this.performSelfAnalysis();
  }

  readonly file = this.RULE('file', () => {
    this.MANY(() => this.SUBRULE(this.item));
  });

  readonly item = this.RULE('item', () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.policyDeclaration) },
      { ALT: () => this.SUBRULE(this.useDeclaration) },
      { ALT: () => this.SUBRULE(this.enumDeclaration) },
      { ALT: () => this.SUBRULE(this.recordDeclaration) },
      { ALT: () => this.SUBRULE(this.constDeclaration) },
      { ALT: () => this.SUBRULE(this.functionDeclaration) },
      { ALT: () => this.SUBRULE(this.letItem) },
      { ALT: () => this.SUBRULE(this.schemaDeclaration) },
      { ALT: () => this.SUBRULE(this.contextDeclaration) },
      { ALT: () => this.SUBRULE(this.signalsDeclaration) },
      { ALT: () => this.SUBRULE(this.nameSetDeclaration) },
      { ALT: () => this.SUBRULE(this.tableDeclaration) },
      { ALT: () => this.SUBRULE(this.externalTableDeclaration) },
      { ALT: () => this.SUBRULE(this.constraintDeclaration) },
      { ALT: () => this.SUBRULE(this.windowDeclaration) },
      { ALT: () => this.SUBRULE(this.obligationDeclaration) },
      { ALT: () => this.SUBRULE(this.group) },
      { ALT: () => this.SUBRULE(this.invariantDeclaration) },
      { ALT: () => this.SUBRULE(this.fixtureDeclaration) },
      { ALT: () => this.SUBRULE(this.testDeclaration) },
    ]);
  });
}

export const expectations = new Expectations();
export const parser: PolicyParser = new PolicyParser(expectations);

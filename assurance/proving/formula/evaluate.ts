// The value of a formula where the values of its variables are given.

import type { Formula, Literal } from './formula.ts';
import type { Inequality } from './linear.ts';

export interface LiteralAssignment {
  /** The value of the Boolean variable with this number. */
  readonly boolean: (variable: number) => boolean;
  /** The value of the integer variable with this index. */
  readonly number: (variable: number) => bigint;
}

/** Returns a function that evaluates literals. The values of nodes are added to those that are known. */
export function createLiteralEvaluator(
  formula: Formula,
  assignment: LiteralAssignment,
  values: Map<number, boolean> = new Map(),
): (literal: Literal) => boolean {
  const valueOfNode = (at: number): boolean => {
    const node = formula.node(at);
    switch (node.kind) {
      case 'true':
        return true;
      case 'variable':
        return assignment.boolean(at);
      case 'atom':
        return holds(node.inequality, assignment.number);
      case 'and':
        return node.operands.every((operand) => values.get(Math.abs(operand)) === operand > 0);
    }
  };
  return (literal) => {
    const at = Math.abs(literal);
    if (!values.has(at))
      for (const each of formula.cone([at], values)) values.set(each, valueOfNode(each));
    return values.get(at) === literal > 0;
  };
}

function holds({ terms, bound }: Inequality, number: (variable: number) => bigint): boolean {
  return terms.reduce((sum, [variable, c]) => sum + c * number(variable), 0n) <= bound;
}

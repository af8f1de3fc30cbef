// The literals of a model on which its truth depends: without this, arbitrary values of others lead to many rounds.

import { type Formula, type Literal, yes } from '../formula/formula.ts';

/** Literals that are true in a model and suffice for the roots to be true. `isAboutTerms`: chosen last. */
export function createJustification(
  formula: Formula,
  roots: readonly Literal[],
  isTrue: (literal: Literal) => boolean,
  isAboutTerms: (literal: Literal) => boolean,
): ReadonlySet<Literal> {
  const chosen = new Set<Literal>();
  const open = [...roots];
  const rankOperand = (operand: Literal): number => {
    if (chosen.has(-operand)) return 0;
    const { kind } = formula.node(operand);
    if (kind === 'variable' && !isAboutTerms(operand)) return 1;
    if (kind === 'atom') return 2;
    return operand > 0 && isAboutTerms(operand) ? 3 : 4;
  };
  for (let literal = open.pop(); literal !== undefined; literal = open.pop()) {
    if (literal === yes || chosen.has(literal)) continue;
    chosen.add(literal);
    const node = formula.node(literal);
    if (node.kind !== 'and') continue;
    if (literal > 0) open.push(...node.operands);
    else {
      const wrong = node.operands.filter((operand) => !isTrue(operand));
      const [best] = wrong
        .map((operand) => ({ operand, rank: rankOperand(operand) }))
        .sort((a, b) => a.rank - b.rank);
      if (best !== undefined) open.push(-best.operand);
    }
  }
  return chosen;
}

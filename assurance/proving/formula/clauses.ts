// The conjunctive normal form of a formula: a clause for each implication between a conjunction and its operands.
// Each node is a variable of its own, so the clauses are as large as the formula.

import type { Formula, Literal } from './formula.ts';
import { yes } from './formula.ts';

/** The clauses that, with the roots themselves, are satisfiable exactly if all roots can be true at once. */
export function createClauses(
  formula: Formula,
  cone: readonly number[],
): readonly (readonly Literal[])[] {
  const clauses: (readonly Literal[])[] = [];
  for (const at of cone) {
    if (at === yes) clauses.push([yes]);
    const node = formula.node(at);
    if (node.kind !== 'and') continue;
    for (const operand of node.operands) clauses.push([-at, operand]);
    clauses.push([at, ...node.operands.map((operand) => -operand)]);
  }
  return clauses;
}

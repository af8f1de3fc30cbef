// Literals of the search: twice the number of a node, plus one for its negation, so that they index arrays.

import type { Literal } from '../../formula/formula.ts';

export type Lit = number;

export function toLit(literal: Literal): Lit {
  return literal > 0 ? 2 * literal : 1 - 2 * literal;
}

export function toLiteral(lit: Lit): Literal {
  return (lit & 1) === 0 ? lit >> 1 : -(lit >> 1);
}

// Counts literals: exactly one of several, and at least a number of them.

import { type Formula, type Literal, no, yes } from '../formula/formula.ts';
import type { Sides } from './algebra.ts';
import type { Choice, Finite } from './symbolic.ts';

const maxPairs = 6;

/** A value that is one of several where `known` is true, and unknown elsewhere. */
export function requireExactlyOne(
  { formula, require }: Sides,
  name: string,
  values: readonly Finite[],
  known: Literal,
): Choice {
  const literals = values.map((value) => formula.variable(`${name} is ${value}`));
  require(formula.equivalent(formula.any(literals), known));
  if (literals.length <= maxPairs) {
    for (const [index, literal] of literals.entries())
      for (const other of literals.slice(0, index)) require(formula.or(-literal, -other));
  } else {
    let before = no;
    for (const literal of literals) {
      require(formula.or(-literal, -before));
      before = formula.or(before, literal);
    }
  }
  return {
    kind: 'choice',
    values: new Map(values.map((value, index) => [value, literals[index] ?? no])),
  };
}

/** For each count from 0 to `max`, whether at least as many of the literals are true. */
export function countAtLeast(
  formula: Formula,
  literals: readonly Literal[],
  max: number,
): readonly Literal[] {
  let counts: Literal[] = [yes, ...new Array<Literal>(max).fill(no)];
  for (const literal of literals) {
    const before = counts;
    counts = before.map((own, count) =>
      count === 0 ? yes : formula.or(own, formula.and(literal, before[count - 1] ?? no)),
    );
  }
  return counts;
}

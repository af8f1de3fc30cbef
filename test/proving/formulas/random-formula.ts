// Random formulas over a few Boolean variables and small integers, and their models by enumeration.

import type { Literal } from '@nhipol/proving';
import { createLiteralEvaluator } from '../../../assurance/proving/formula/evaluate.ts';
import { Formula } from '../../../assurance/proving/formula/formula.ts';
import {
  add,
  addScaled,
  createConstantTerm,
  type Linear,
  scale,
} from '../../../assurance/proving/formula/linear.ts';

export interface RandomFormula {
  readonly formula: Formula;
  readonly root: Literal;
  readonly booleans: readonly Literal[];
  readonly numbers: readonly Linear[];
}

/** Numbers have values from 0 to this one. */
const maxNumber = 3n;

export function randomFormula(random: () => number, depth = 5): RandomFormula {
  const formula = new Formula();
  const booleans = Array.from({ length: 4 }, (_, i) => formula.variable(`b${i}`));
  const numbers = Array.from({ length: 3 }, (_, i) => formula.number(`n${i}`));
  const made = { formula, booleans, numbers };
  const root = formula.all([randomLiteral(made, random, depth), ...ranges(made)]);
  return { ...made, root };
}

/** A literal over the variables of a formula. */
export function randomLiteral(
  { formula, booleans, numbers }: Omit<RandomFormula, 'root'>,
  random: () => number,
  depth = 5,
): Literal {
  const below = (n: number) => Math.floor(random() * n);
  const number = () => numbers[below(numbers.length)] as Linear;
  const bound = () => createConstantTerm(BigInt(below(9) - 4));
  const leaf = (): Literal => {
    if (random() < 0.4) return booleans[below(booleans.length)] as Literal;
    if (random() < 0.3) return formula.atMost(number(), createConstantTerm(BigInt(below(4))));
    if (random() < 0.3) return formula.equal(number(), number());
    const [a, b] = [number(), number()];
    const sum = random() < 0.5 ? a : addScaled(a, number(), BigInt(below(5) - 2));
    return formula.atMost(add(sum, bound()), b);
  };
  const node = (left: number): Literal => {
    const sign = random() < 0.5 ? 1 : -1;
    if (left === 0 || random() < 0.1) return sign * leaf();
    const operands = Array.from({ length: 2 + below(3) }, () => node(left - 1));
    return sign * formula.all(operands);
  };
  return node(depth);
}

/** Literals for the ranges of the numbers. */
export function ranges({ formula, numbers }: Omit<RandomFormula, 'root'>): readonly Literal[] {
  return numbers.flatMap((each) => [
    formula.atMost(createConstantTerm(0n), each),
    formula.atMost(scale(each, 1n), createConstantTerm(maxNumber)),
  ]);
}

/** Whether some values of the variables make the root true. */
export function isSatisfiable({ formula, root, booleans, numbers }: RandomFormula): boolean {
  const size = Number(maxNumber) + 1;
  const count = 2 ** booleans.length * size ** numbers.length;
  return Array.from({ length: count }, (_, index) => index).some((index) => {
    const bits = index % 2 ** booleans.length;
    const rest = Math.floor(index / 2 ** booleans.length);
    const evaluate = createLiteralEvaluator(formula, {
      boolean: (variable) => ((bits >> booleans.indexOf(variable)) & 1) === 1,
      number: (variable) => BigInt(Math.floor(rest / size ** variable) % size),
    });
    return evaluate(root);
  });
}

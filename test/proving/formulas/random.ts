// Random conditions over a few Boolean variables and integers as data, so that their meaning does not depend on how a
// formula represents and simplifies them.

import type { Literal } from '@nhipol/proving';
import type { Formula } from '../../../assurance/proving/formula/formula.ts';
import {
  addScaled,
  createConstantTerm,
  type Linear,
} from '../../../assurance/proving/formula/linear.ts';
import type { Dice } from '../../../assurance/testing/generate/random.ts';

type Operands = readonly Condition[];

export type Condition =
  | { readonly kind: 'bit'; readonly index: number }
  | { readonly kind: 'all' | 'any'; readonly of: Operands }
  | { readonly kind: 'not' | 'implies' | 'equivalent' | 'choose'; readonly of: Operands }
  | { readonly kind: 'atMost' | 'below' | 'equal'; readonly left: Sum; readonly right: Sum };

interface Sum {
  readonly constant: number;
  /** The coefficient of each number. */
  readonly terms: readonly number[];
}

const bitCount = 3;
const numberCount = 3;
/** Numbers are from 0 to this one. */
const maxNumber = 3;

export function randomCondition(dice: Dice, depth: number): Condition {
  const { pick } = dice;
  const createConditions = (count: number) =>
    Array.from({ length: count }, () => randomCondition(dice, depth - 1));
  if (depth === 0) {
    if (pick([true, false, false])) return { kind: 'bit', index: pick([0, 1, 2]) };
    return { kind: pick(['atMost', 'below', 'equal']), left: sum(dice), right: sum(dice) };
  }
  return pick<() => Condition>([
    () => ({ kind: pick(['all', 'any']), of: createConditions(pick([0, 1, 2, 3, 4])) }) as const,
    () => ({ kind: pick(['all', 'any']), of: createConditions(3) }) as const,
    () => ({ kind: pick(['implies', 'equivalent']), of: createConditions(2) }) as const,
    () => ({ kind: 'not', of: createConditions(1) }) as const,
    () => ({ kind: 'choose', of: createConditions(3) }) as const,
    () => randomCondition(dice, 0),
  ])();
}

function sum({ pick }: Dice): Sum {
  const terms = Array.from({ length: numberCount }, () => pick([0, 0, 0, 1, 1, -1, 2, -2, 3]));
  return { constant: pick([0, 0, 1, -1, 2, -3, 5]), terms };
}

/** The variables of a formula that a condition is about; numbers have a range. */
export interface Variables {
  readonly bits: readonly Literal[];
  readonly numbers: readonly Linear[];
  /** True where all numbers are in their range. */
  readonly inRange: readonly Literal[];
}

export function createVariables(formula: Formula): Variables {
  const bits = Array.from({ length: bitCount }, (_, i) => formula.variable(`b${i}`));
  const numbers = Array.from({ length: numberCount }, (_, i) =>
    formula.createNumber(`n${i}`, 0n, BigInt(maxNumber)),
  );
  return {
    bits,
    numbers: numbers.map(({ term }) => term),
    inRange: numbers.map((each) => each.inRange),
  };
}

export function createLiteral(
  formula: Formula,
  variables: Variables,
  condition: Condition,
): Literal {
  const of = (each: Condition | undefined) => createLiteral(formula, variables, each as Condition);
  const term = ({ constant: own, terms }: Sum) =>
    terms.reduce(
      (total, c, index) => addScaled(total, variables.numbers[index] as Linear, BigInt(c)),
      createConstantTerm(BigInt(own)),
    );
  switch (condition.kind) {
    case 'bit':
      return variables.bits[condition.index] as Literal;
    case 'all':
      return formula.all(condition.of.map(of));
    case 'any':
      return formula.any(condition.of.map(of));
    case 'not':
      return -of(condition.of[0]);
    case 'implies':
      return formula.implies(of(condition.of[0]), of(condition.of[1]));
    case 'equivalent':
      return formula.equivalent(of(condition.of[0]), of(condition.of[1]));
    case 'choose':
      return formula.choose(of(condition.of[0]), of(condition.of[1]), of(condition.of[2]));
    default:
      return formula[condition.kind](term(condition.left), term(condition.right));
  }
}

export interface Assignment {
  readonly bits: readonly boolean[];
  readonly numbers: readonly number[];
}

export function assignments(): readonly Assignment[] {
  const size = maxNumber + 1;
  return Array.from({ length: 2 ** bitCount * size ** numberCount }, (_, index) => ({
    bits: Array.from({ length: bitCount }, (_bit, i) => ((index >> i) & 1) === 1),
    numbers: Array.from(
      { length: numberCount },
      (_number, i) => Math.floor((index >> bitCount) / size ** i) % size,
    ),
  }));
}

export function holds(condition: Condition, assignment: Assignment): boolean {
  const of = (each: Condition | undefined) => holds(each as Condition, assignment);
  const value = ({ constant: own, terms }: Sum) =>
    terms.reduce((total, c, index) => total + c * (assignment.numbers[index] as number), own);
  switch (condition.kind) {
    case 'bit':
      return assignment.bits[condition.index] === true;
    case 'all':
      return condition.of.every(of);
    case 'any':
      return condition.of.some(of);
    case 'not':
      return !of(condition.of[0]);
    case 'implies':
      return !of(condition.of[0]) || of(condition.of[1]);
    case 'equivalent':
      return of(condition.of[0]) === of(condition.of[1]);
    case 'choose':
      return of(condition.of[0]) ? of(condition.of[1]) : of(condition.of[2]);
    case 'atMost':
      return value(condition.left) <= value(condition.right);
    case 'below':
      return value(condition.left) < value(condition.right);
    case 'equal':
      return value(condition.left) === value(condition.right);
  }
}

/** Random clauses of three literals about bits and inequalities, about half of which cannot be true at once. */
export function hardFormula(formula: Formula, { pick }: Dice): readonly Literal[] {
  const bits = Array.from({ length: 12 }, (_, i) => formula.variable(`h${i}`));
  const numbers = Array.from({ length: 5 }, (_, i) => formula.number(`m${i}`));
  const number = () => pick(numbers);
  const bound = () => createConstantTerm(BigInt(pick([-3, -2, -1, 0, 1, 2])));
  const atoms = [
    ...Array.from({ length: 8 }, () => formula.atMost(number(), addScaled(number(), bound(), 1n))),
    ...Array.from({ length: pick([0, 3]) }, () =>
      formula.atMost(addScaled(number(), number(), 2n), addScaled(number(), bound(), 1n)),
    ),
  ].filter((each) => Math.abs(each) !== 1);
  const literals = [...bits, ...atoms];
  const literal = () => pick([1, -1]) * pick(literals);
  return Array.from({ length: 92 }, () => formula.or(literal(), literal(), literal()));
}

// Changes certificates, and finds steps that a checker accepts although they do not follow.

import type { Literal } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import type { Certificate, Step } from '../../../assurance/proving/certificate/certificate.ts';
import { Checker } from '../../../assurance/proving/certificate/check-certificate.ts';
import { Formula } from '../../../assurance/proving/formula/formula.ts';
import { solve } from '../../../assurance/proving/solver/solve.ts';
import { Solver } from '../../../assurance/proving/solver/solver.ts';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import {
  type Assignment,
  assignments,
  createLiteral,
  createVariables,
  hardFormula,
  holds,
  randomCondition,
  type Variables,
} from './random.ts';

type Change = (
  certificate: Certificate,
  dice: Dice,
  literals: readonly Literal[],
  formula: Formula,
) => Certificate;

function changeStep(
  change: (step: Step, dice: Dice, literals: readonly Literal[]) => Step,
): Change {
  return (certificate, dice, literals) => {
    const at = dice.pick([...certificate.keys()]);
    return certificate.map((step, index) => (index === at ? change(step, dice, literals) : step));
  };
}

/** Each way to change a certificate that has steps. */
export const changes: Readonly<Record<string, Change>> = {
  'a step is left out': (certificate, { pick }) =>
    certificate.toSpliced(pick([...certificate.keys()]), 1),
  'steps are reversed': (certificate) => certificate.toReversed(),
  'two steps are exchanged': (certificate, { pick }) => {
    const [a, b] = [pick([...certificate.keys()]), pick([...certificate.keys()])];
    return certificate.with(a, certificate[b] as Step).with(b, certificate[a] as Step);
  },
  'only the last step remains': (certificate) => certificate.slice(-1),
  'a literal is left out': changeStep((step, { pick }) => {
    if (step.literals.length === 0) return step;
    const at = pick([...step.literals.keys()]);
    const literals = step.literals.toSpliced(at, 1);
    return step.kind === 'sum'
      ? { ...step, literals, factors: step.factors.toSpliced(at, 1) }
      : { ...step, literals };
  }),
  'a literal is negated': changeStep((step, { pick }) => {
    if (step.literals.length === 0) return step;
    const at = pick([...step.literals.keys()]);
    return { ...step, literals: step.literals.with(at, -(step.literals[at] as Literal)) };
  }),
  'a literal is another one': changeStep((step, { pick }, literals) => {
    if (step.literals.length === 0) return step;
    const at = pick([...step.literals.keys()]);
    return { ...step, literals: step.literals.with(at, pick(literals)) };
  }),
  'a clause is empty': changeStep((step) =>
    step.kind === 'clause' ? { ...step, literals: [] } : { ...step, literals: [], factors: [] },
  ),
  'a clause is called a sum': changeStep(({ literals }) => ({
    kind: 'sum',
    literals,
    factors: literals.map(() => 1n),
  })),
  'a sum is called a clause': changeStep(({ literals }) => ({ kind: 'clause', literals })),
  'a factor is changed': changeStep((step, { pick }) =>
    step.kind === 'sum' && step.factors.length > 0
      ? { ...step, factors: step.factors.with(0, pick([0n, -1n, 2n, 7n])) }
      : step,
  ),
  'a factor is missing': changeStep((step) =>
    step.kind === 'sum' ? { ...step, factors: step.factors.slice(1) } : step,
  ),
  'a random clause is added': (certificate, { pick }, literals) => [
    { kind: 'clause', literals: [pick(literals), pick(literals)] },
    ...certificate,
  ],
  'a random sum is added': (certificate, { pick }, literals) => [
    { kind: 'sum', literals: [pick(literals), pick(literals)], factors: [1n, pick([1n, 2n])] },
    ...certificate,
  ],
  'an inequality is subtracted': (certificate, { pick }, literals, formula) => {
    const pairs = boundsOfOneSum(formula, literals);
    if (pairs.length === 0) return certificate;
    const [small, large] = pick(pairs);
    // `sum <= 1` minus `sum <= 2` would be `0 <= -1`.
    return [{ kind: 'sum', literals: [-small, -large], factors: [1n, -1n] }, ...certificate];
  },
};

/** Pairs of inequalities with the same sum, the one with the smaller bound first. */
function boundsOfOneSum(
  formula: Formula,
  literals: readonly Literal[],
): readonly (readonly [Literal, Literal])[] {
  const atoms = literals.flatMap((literal) => {
    const node = formula.node(literal);
    if (literal < 0 || node.kind !== 'atom') return [];
    return [{ literal, bound: node.inequality.bound, sum: node.inequality.terms.join(' ') }];
  });
  return atoms.flatMap(({ literal, bound, sum }) =>
    atoms
      .filter((other) => other.sum === sum && other.bound > bound)
      .map((other) => [literal, other.literal] as const),
  );
}

export interface Attacked {
  /** The number of changed certificates. */
  readonly count: number;
  /** Steps that were accepted, over all of them. */
  readonly steps: number;
  /** Accepted steps that do not follow. */
  readonly wrong: readonly string[];
}

/** Roots that cannot all be true, of which the first ones can be: in the models. */
interface Target {
  readonly formula: Formula;
  readonly possible: readonly Literal[];
  readonly others: readonly Literal[];
  readonly models: readonly ((literal: Literal) => boolean)[];
}

/**
 * Takes the certificate that all roots contradict each other, and uses it for the possible ones alone, with each of the
 * changes. It must be refused, and each step before must be true in the models.
 */
export function attack(seeds: readonly number[]): Attacked {
  const wrong: string[] = [];
  let [count, steps] = [0, 0];
  for (const seed of seeds) {
    const dice = new Dice(createRandomNumbers(seed));
    const target = dice.pick([true, false]) ? conditions(dice) : clauses(dice, seed);
    if (target === undefined) continue;
    const { formula, possible, others, models } = target;
    // The steps depend on what is required, but not on what is assumed.
    const solver = new Solver(formula, [...possible, ...others]);
    solver.require(dice.pick([true, false]) ? others : []);
    const solution = solver.solve([...possible, ...others]);
    if (solution.kind !== 'unsatisfiable') continue;
    const { certificate } = solution;
    // The same checker accepts the proof about all roots before. The others are not roots later, but in the formula.
    const checker = new Checker(formula, [...possible, ...others]);
    const honest = checker.check([...possible, ...others], certificate);
    if (honest.kind === 'refused') wrong.push(`seed ${seed}: refused as ${honest.why}`);
    const literals = formula.cone([...possible, ...others]).flatMap((node) => [node, -node]);
    for (const [name, attacking] of variants(certificate, dice, literals, formula)) {
      count += 1;
      const result = checker.check(possible, attacking);
      if (result.kind === 'accepted') {
        wrong.push(`seed ${seed}: accepted a proof of what is not so, where ${name}`);
        continue;
      }
      for (const step of attacking.slice(0, result.step)) {
        steps += 1;
        const follows = models.every((isTrue) => step.literals.some(isTrue));
        if (!follows) wrong.push(`seed ${seed}: accepted ${step.literals}, where ${name}`);
      }
    }
  }
  return { count, steps, wrong };
}

function variants(
  certificate: Certificate,
  dice: Dice,
  literals: readonly Literal[],
  formula: Formula,
): readonly (readonly [name: string, certificate: Certificate])[] {
  const changed = Object.entries(changes).map(
    ([name, change]) =>
      [name, certificate.length === 0 ? [] : change(certificate, dice, literals, formula)] as const,
  );
  return [['nothing is changed', certificate], ...changed];
}

/** Two random conditions, with all models of the first one. */
function conditions(dice: Dice): Target | undefined {
  const formula = new Formula();
  const variables = createVariables(formula);
  const [condition, other] = [randomCondition(dice, 3), randomCondition(dice, 3)];
  const root = createLiteral(formula, variables, condition);
  const added = createLiteral(formula, variables, other);
  const models = assignments()
    .filter((each) => holds(condition, each))
    .map((each) => createMeaning(formula, variables, each));
  const possible = [...variables.inRange, root];
  return models.length === 0 ? undefined : { formula, possible, others: [added], models };
}

/** Random clauses, with some models of the first ones. */
function clauses(dice: Dice, seed: number): Target | undefined {
  const formula = new Formula();
  const roots = hardFormula(formula, dice);
  const half = Math.floor((roots.length * 2) / 3);
  const [possible, others] = [roots.slice(0, half), roots.slice(half)];
  const models = Array.from({ length: 6 }, (_, index) => {
    const solution = solve(formula, possible, { random: createRandomNumbers(seed + index) });
    return solution.kind === 'satisfiable' ? solution.model.isTrue : undefined;
  });
  const found = models.filter((each) => each !== undefined);
  return found.length === 0 ? undefined : { formula, possible, others, models: found };
}

/** The values of literals by those of the variables. */
function createMeaning(
  formula: Formula,
  { bits }: Variables,
  assignment: Assignment,
): (literal: Literal) => boolean {
  const values = new Map<number, boolean>();
  const evaluateNode = (at: number): boolean => {
    const node = formula.node(at);
    if (node.kind === 'true') return true;
    if (node.kind === 'variable') return assignment.bits[bits.indexOf(at)] === true;
    if (node.kind === 'and') return node.operands.every(isTrue);
    const sum = node.inequality.terms.reduce(
      (total, [variable, c]) => total + c * BigInt(assignment.numbers[variable] as number),
      0n,
    );
    return sum <= node.inequality.bound;
  };
  const isTrue = (literal: Literal): boolean => {
    const at = Math.abs(literal);
    if (!values.has(at)) values.set(at, evaluateNode(at));
    return values.get(at) === literal > 0;
  };
  return isTrue;
}

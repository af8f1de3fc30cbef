// Compares formulas, their scripts, the solver and its certificates with the meaning of random conditions.

import { type Literal, smtLib } from '@nhipol/proving';
import { createRandomNumbers } from '@nhipol/testing';
import { checkCertificate } from '../../../assurance/proving/certificate/check-certificate.ts';
import { createLiteralEvaluator } from '../../../assurance/proving/formula/evaluate.ts';
import { Formula } from '../../../assurance/proving/formula/formula.ts';
import { solve } from '../../../assurance/proving/solver/solve.ts';
import { Solver } from '../../../assurance/proving/solver/solver.ts';
import { Dice } from '../../../assurance/testing/generate/random.ts';
import {
  assignments,
  createLiteral,
  createVariables,
  hardFormula,
  holds,
  randomCondition,
} from './random.ts';
import { byOrder, scriptHolds } from './script.ts';

export interface Findings {
  readonly count: number;
  readonly wrong: readonly string[];
}

/** Nodes of formulas, and their scripts, have the values of the conditions that they were made from. */
export function compareMeaning(seeds: readonly number[], withScripts: boolean): Findings {
  const wrong: string[] = [];
  let count = 0;
  for (const seed of seeds) {
    const formula = new Formula();
    const variables = createVariables(formula);
    const condition = randomCondition(new Dice(createRandomNumbers(seed)), 3);
    const literal = createLiteral(formula, variables, condition);
    const script = smtLib(formula, [literal], 'a claim\nof two lines');
    for (const assignment of assignments()) {
      count += 1;
      const expected = holds(condition, assignment);
      const evaluate = createLiteralEvaluator(formula, {
        boolean: (node) => assignment.bits[variables.bits.indexOf(node)] === true,
        number: (variable) => BigInt(assignment.numbers[variable] as number),
      });
      const found = withScripts
        ? scriptHolds(script, byOrder(variables.bits, assignment))
        : evaluate(literal);
      if (found === expected) continue;
      wrong.push(`seed ${seed}: ${found}, not ${expected}, for ${JSON.stringify(assignment)}`);
      break;
    }
  }
  return { count, wrong };
}

/** The solver decides conditions as enumeration does, but for some about integers that no sum excludes. */
export function compareSolver(seeds: readonly number[]): Findings & { readonly undecided: number } {
  const wrong: string[] = [];
  let undecided = 0;
  for (const seed of seeds) {
    const formula = new Formula();
    const variables = createVariables(formula);
    const dice = new Dice(createRandomNumbers(seed));
    const conditions = Array.from({ length: 4 }, () => randomCondition(dice, 3));
    const literals = conditions.map((each) => createLiteral(formula, variables, each));
    // One solver answers several queries.
    const solver = new Solver(formula, literals);
    solver.require(variables.inRange);
    for (const chosen of [[0], [0, 1], [2, 3], [0, 1, 2], [1], [0, 1, 2, 3]]) {
      const assumptions = chosen.map((index) => literals[index] as Literal);
      const solution = solver.solve(assumptions);
      const models = assignments().filter((each) =>
        chosen.every((index) => holds(conditions[index] as never, each)),
      );
      const expected = models.length > 0 ? 'satisfiable' : 'unsatisfiable';
      if (solution.kind === 'undecided') undecided += 1;
      else if (solution.kind !== expected)
        wrong.push(`seed ${seed}: ${solution.kind}, not ${expected}`);
      if (solution.kind === 'unsatisfiable') {
        const roots = [...variables.inRange, ...assumptions];
        const result = checkCertificate(formula, roots, solution.certificate, literals);
        if (result.kind === 'refused') wrong.push(`seed ${seed}: refused as ${result.why}`);
      }
      if (solution.kind !== 'satisfiable') continue;
      const assignment = {
        bits: variables.bits.map(solution.model.isTrue),
        numbers: variables.numbers.map((term) => Number(solution.model.readValue(term))),
      };
      if (!chosen.every((index) => holds(conditions[index] as never, assignment)))
        wrong.push(`seed ${seed}: a wrong model`);
    }
  }
  return { count: 6 * seeds.length, undecided, wrong };
}

/** The checker accepts what the solver refutes, and models satisfy what it does not. */
export function compareCertificates(
  seeds: readonly number[],
): Findings & { readonly refuted: number } {
  const wrong: string[] = [];
  let refuted = 0;
  for (const seed of seeds) {
    const formula = new Formula();
    const roots = hardFormula(formula, new Dice(createRandomNumbers(seed)));
    const solution = solve(formula, roots, { random: createRandomNumbers(seed) });
    if (solution.kind === 'undecided') wrong.push(`seed ${seed}: undecided`);
    if (solution.kind === 'satisfiable') {
      const { model } = solution;
      const evaluate = createLiteralEvaluator(formula, {
        boolean: model.isTrue,
        number: (variable) => model.readValue({ constant: 0n, terms: new Map([[variable, 1n]]) }),
      });
      if (!roots.every(evaluate)) wrong.push(`seed ${seed}: a wrong model`);
    }
    if (solution.kind !== 'unsatisfiable') continue;
    refuted += 1;
    const result = checkCertificate(formula, roots, solution.certificate);
    if (result.kind !== 'accepted') wrong.push(`seed ${seed}: refused as ${result.why}`);
  }
  return { count: seeds.length, refuted, wrong };
}

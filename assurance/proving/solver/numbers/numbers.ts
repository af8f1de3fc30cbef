// The numbers of a search: asserts the inequalities whose literals have values. Differences are decided with each
// assignment, other inequalities where all have values.

import type { Inequality } from '../../formula/linear.ts';
import { negateInequality } from '../../formula/linear.ts';
import type { SearchAssignment } from '../search/assignment.ts';
import type { Lit } from '../search/literals.ts';
import { Differences, type NumberDifference, toDifference } from './differences.ts';
import { solveIntegers } from './integers.ts';

/** Literals that cannot all be true, and the factors with which their inequalities add up to a contradiction. */
export interface NumberConflict {
  readonly lits: readonly Lit[];
  /** `undefined` if no integers were found, and no sum excludes them. */
  readonly factors: readonly bigint[] | undefined;
}

export class Numbers {
  readonly #assignment: SearchAssignment;
  readonly #differences = new Differences();
  /** For each literal, the difference that it asserts. */
  readonly #meaning: (NumberDifference | undefined)[] = [];
  readonly #atoms = new Map<number, Inequality>();
  /** The place in the trail up to which inequalities are asserted, and the places of those that are. */
  #head = 0;
  readonly #asserted: number[] = [];
  #integers: ReadonlyMap<number, bigint> = new Map();
  /** The number of pivots so far. */
  pivots = 0;
  #steps = 0;

  constructor(assignment: SearchAssignment) {
    this.#assignment = assignment;
  }

  add(node: number, inequality: Inequality): void {
    this.#atoms.set(node, inequality);
    this.#meaning[2 * node] = toDifference(inequality);
    this.#meaning[2 * node + 1] = toDifference(negateInequality(inequality));
  }

  /** The number of inequalities and coefficients that were read so far. */
  get steps(): number {
    return this.#steps + this.#differences.steps;
  }

  backtrack(end: number): void {
    if (this.#head <= end) return;
    this.#head = end;
    while (this.#asserted.length > 0 && (this.#asserted.at(-1) as number) >= end)
      this.#asserted.pop();
    this.#differences.retract(this.#asserted.length);
  }

  /** Asserts the differences of the assignment. */
  propagate(): NumberConflict | undefined {
    const { trail } = this.#assignment;
    for (; this.#head < trail.length; this.#head += 1) {
      const lit = trail[this.#head] as Lit;
      const difference = this.#meaning[lit];
      if (difference === undefined) continue;
      const cycle = this.#differences.assert(difference, lit);
      if (cycle !== undefined) return createConflict(cycle);
      this.#asserted.push(this.#head);
    }
    return undefined;
  }

  /** Finds integers for all inequalities of nodes, which have values. */
  complete(nodes: Iterable<number>): NumberConflict | undefined {
    this.#integers = new Map();
    const asserted = [];
    let hasSums = false;
    for (const node of nodes) {
      this.#steps += 1;
      const inequality = this.#atoms.get(node);
      if (inequality === undefined) continue;
      hasSums ||= this.#meaning[2 * node] === undefined;
      const isTrue = this.#assignment.values[2 * node] === 1;
      asserted.push({ inequality, isTrue, literal: isTrue ? 2 * node : 2 * node + 1 });
    }
    this.#steps += stepsPerInequality * asserted.length;
    if (!hasSums) return undefined;
    const result = solveIntegers(asserted);
    this.pivots += result.pivots;
    this.#steps += result.steps;
    if (result.kind === 'values') {
      this.#integers = result.values;
      return undefined;
    }
    const factors = result.kind === 'open' ? undefined : result.factors;
    return { lits: result.literals, factors };
  }

  /** Returns the present values of the integer variables. */
  values(): (variable: number) => bigint {
    const [integers, differences] = [this.#integers, this.#differences.values()];
    return (variable) => integers.get(variable) ?? differences(variable) ?? 0n;
  }
}

/** They are read several times. */
const stepsPerInequality = 20;

/** The inequality of a literal that occurs twice counts twice. */
function createConflict(cycle: readonly Lit[]): NumberConflict {
  const counts = new Map<Lit, bigint>();
  for (const lit of cycle) counts.set(lit, (counts.get(lit) ?? 0n) + 1n);
  return { lits: [...counts.keys()], factors: [...counts.values()] };
}

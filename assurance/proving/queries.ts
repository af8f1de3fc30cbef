// The queries about an encoding: one solver and one checker for all of them, and the roots of each certificate.

import type { Certificate } from './certificate/certificate.ts';
import { type CertificateResult, Checker } from './certificate/check-certificate.ts';
import type { SymbolicEncoding } from './facts/encoding.ts';
import type { Literal } from './formula/formula.ts';
import { type Solution, Solver } from './solver/solver.ts';
import type { Lemma } from './terms/lemma.ts';

export class Queries {
  readonly #encoding: SymbolicEncoding;
  readonly #solver: Solver;
  readonly #checker: Checker;
  readonly #effort: number | undefined;
  /** The number of conflicts of all queries so far. */
  conflicts = 0;

  /** `shared`: the literals that many queries are about. */
  constructor(encoding: SymbolicEncoding, shared: readonly Literal[], effort: number | undefined) {
    this.#encoding = encoding;
    this.#solver = new Solver(encoding.formula, shared);
    this.#checker = new Checker(encoding.formula, shared, encoding.terms);
    this.#effort = effort;
  }

  /** Adds what is true for all strings, addresses and sets. */
  state(lemmas: readonly Lemma[]): void {
    this.#encoding.budget.grow(lemmas.reduce((sum, { clause }) => sum + clause.length + 1, 0));
    this.#solver.state(lemmas);
  }

  /** Decides whether the assumptions can be true for a request. `required` holds for every request. */
  solve(
    assumptions: readonly Literal[],
    required: readonly Literal[],
    random?: () => number,
  ): Solution {
    this.#solver.require([...this.#encoding.sides, ...required]);
    const { budget, formula } = this.#encoding;
    budget.search(formula.size);
    const before = this.#solver.steps;
    const limits = { effort: this.#effort, maxSteps: budget.left };
    const solution = this.#solver.solve(assumptions, { ...limits, random });
    budget.search(this.#solver.steps - before);
    this.conflicts += solution.conflicts;
    return solution;
  }

  /** Checks a certificate that the roots cannot all be true. */
  check(roots: readonly Literal[], certificate: Certificate): CertificateResult {
    return this.#checker.check(roots, certificate);
  }
}

// Checks the certificate of a refutation. It depends on the formula only and does not trust the solver: each learned
// clause must follow by unit propagation, each lemma about numbers by adding its inequalities, and each lemma about terms
// must be valid.

import { createClauses } from '../formula/clauses.ts';
import type { Formula, Literal } from '../formula/formula.ts';
import { negateInequality } from '../formula/linear.ts';
import { findLemmaProblem } from '../lemma-checker/check-lemma.ts';
import type { TermDefinitions } from '../terms/terms.ts';
import type { Certificate, SumLemma } from './certificate.ts';
import { CertificatePropagation } from './propagation.ts';

export type CertificateResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly step: number; readonly why: string };

const noTerms: TermDefinitions = { nodes: [], atoms: new Map() };

/** Checks any number of certificates about a formula, whose clauses are made only once. */
export class Checker {
  readonly #formula: Formula;
  readonly #definitions: TermDefinitions;
  readonly #shared: readonly Literal[];
  readonly #known = new Set<number>();
  readonly #propagation = new CertificatePropagation();

  /** `shared`: literals that all certificates can be about, besides the roots. `definitions`: what lemmas are about. */
  constructor(
    formula: Formula,
    shared: readonly Literal[] = [],
    definitions: TermDefinitions = noTerms,
  ) {
    this.#formula = formula;
    this.#definitions = definitions;
    this.#shared = shared;
  }

  /**
   * Accepts the certificate if it shows that the roots cannot all be true. Any input is refused or accepted, never thrown.
   */
  check(roots: readonly Literal[], certificate: Certificate): CertificateResult {
    const cone = this.#formula.cone([...roots, ...this.#shared]);
    this.#define(cone);
    const remove = this.#propagation.mark();
    const result = this.#checkSteps(roots, certificate, new Set(cone));
    remove();
    return result;
  }

  /** Adds the definitions of nodes, which hold whatever the roots are. */
  #define(nodes: readonly number[]): void {
    const added = nodes.filter((node) => !this.#known.has(node));
    for (const clause of createClauses(this.#formula, added)) this.#propagation.add(clause);
    for (const node of added) this.#known.add(node);
  }

  #checkSteps(
    roots: readonly Literal[],
    certificate: Certificate,
    nodes: Set<number>,
  ): CertificateResult {
    for (const root of roots) this.#propagation.add([root]);
    for (const [step, { literals, ...rest }] of certificate.entries()) {
      if (this.#propagation.isRefuted && rest.kind !== 'lemma') return { kind: 'accepted' };
      const refuseStep = (why: string): CertificateResult => ({ kind: 'refused', step, why });
      if (rest.kind === 'lemma') {
        const problem = findLemmaProblem(this.#definitions, {
          kind: rest.reason,
          clause: literals,
        });
        if (problem !== undefined)
          return refuseStep(`the ${rest.reason} lemma is not valid: ${problem}`);
        // Its literals are variables, which the formula may contain or not.
        for (const literal of literals) nodes.add(Math.abs(literal));
      }
      if (!literals.every((literal) => nodes.has(Math.abs(literal))))
        return refuseStep('a literal is not in the formula');
      if (rest.kind === 'sum' && !isContradiction(this.#formula, { ...rest, literals }))
        return refuseStep('the sum of the inequalities is not a contradiction');
      if (rest.kind === 'clause' && !this.#propagation.follows(literals))
        return refuseStep('the clause does not follow by unit propagation');
      this.#propagation.add(literals);
    }
    return this.#propagation.isRefuted
      ? { kind: 'accepted' }
      : { kind: 'refused', step: certificate.length, why: 'the steps end without a contradiction' };
  }
}

/** Checks a single certificate. */
export function checkCertificate(
  formula: Formula,
  roots: readonly Literal[],
  certificate: Certificate,
  shared: readonly Literal[] = [],
  definitions: TermDefinitions = noTerms,
): CertificateResult {
  return new Checker(formula, shared, definitions).check(roots, certificate);
}

/** Whether the inequalities that hold where all literals are false add up to `0 <= ` a negative number. */
function isContradiction(formula: Formula, { literals, factors }: SumLemma): boolean {
  const sum = new Map<number, bigint>();
  let total = 0n;
  for (const [index, literal] of literals.entries()) {
    const factor = factors[index];
    const node = formula.node(literal);
    if (factor === undefined || factor <= 0n || node.kind !== 'atom') return false;
    const { terms, bound } = literal < 0 ? node.inequality : negateInequality(node.inequality);
    for (const [variable, c] of terms) sum.set(variable, (sum.get(variable) ?? 0n) + factor * c);
    total += factor * bound;
  }
  return total < 0n && [...sum.values()].every((coefficient) => coefficient === 0n);
}

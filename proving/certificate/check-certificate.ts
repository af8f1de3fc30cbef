// Checks the certificate of a refutation. It depends on the formula only and does not trust the solver: each learned
// clause must follow by unit propagation, and each lemma about numbers by adding its inequalities.

import { clausesOf } from '../formula/clauses.ts';
import type { Formula, Literal } from '../formula/formula.ts';
import { negatedInequality } from '../formula/linear.ts';
import type { Certificate, SumLemma } from './certificate.ts';

export type CertificateResult =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'refused'; readonly step: number; readonly why: string };

/** Accepts the certificate if it shows that the roots cannot all be true. Any input is refused or accepted, never thrown. */
export function checkCertificate(
  formula: Formula,
  roots: readonly Literal[],
  certificate: Certificate,
): CertificateResult {
  const cone = formula.cone(roots);
  const known = new Set(cone);
  const checker = new Propagation([...clausesOf(formula, cone), ...roots.map((root) => [root])]);
  for (const [step, { literals, ...rest }] of certificate.entries()) {
    if (checker.isRefuted) return { kind: 'accepted' };
    if (!literals.every((literal) => known.has(Math.abs(literal))))
      return { kind: 'refused', step, why: 'a literal is not in the formula' };
    if (rest.kind === 'sum' && !isContradiction(formula, { ...rest, literals }))
      return { kind: 'refused', step, why: 'the sum of the inequalities is not a contradiction' };
    if (rest.kind === 'clause' && !checker.follows(literals))
      return { kind: 'refused', step, why: 'the clause does not follow by unit propagation' };
    checker.add(literals);
  }
  return checker.isRefuted
    ? { kind: 'accepted' }
    : { kind: 'refused', step: certificate.length, why: 'the steps end without a contradiction' };
}

/** Whether the inequalities that hold where all literals are false add up to `0 <= ` a negative number. */
function isContradiction(formula: Formula, { literals, factors }: SumLemma): boolean {
  const sum = new Map<number, bigint>();
  let total = 0n;
  for (const [index, literal] of literals.entries()) {
    const factor = factors[index];
    const node = formula.node(literal);
    if (factor === undefined || factor <= 0n || node.kind !== 'atom') return false;
    const { terms, bound } = literal < 0 ? node.inequality : negatedInequality(node.inequality);
    for (const [variable, c] of terms) sum.set(variable, (sum.get(variable) ?? 0n) + factor * c);
    total += factor * bound;
  }
  return total < 0n && [...sum.values()].every((coefficient) => coefficient === 0n);
}

/** Unit propagation over clauses that are added one by one. */
class Propagation {
  readonly #watched = new Map<Literal, Literal[][]>();
  readonly #values = new Map<number, Literal>();
  readonly #trail: Literal[] = [];
  #head = 0;
  isRefuted = false;

  constructor(clauses: readonly (readonly Literal[])[]) {
    for (const clause of clauses) this.#insert(clause);
    this.#settle();
  }

  add(clause: readonly Literal[]): void {
    this.#insert(clause);
    this.#settle();
  }

  /** Whether the clause follows: its negation leads to a contradiction. */
  follows(clause: readonly Literal[]): boolean {
    if (this.isRefuted) return true;
    const before = this.#trail.length;
    const contradicts =
      clause.some((literal) => !this.#assign(-literal)) || this.#propagate() === 'contradiction';
    for (const literal of this.#trail.splice(before)) this.#values.delete(Math.abs(literal));
    this.#head = this.#trail.length;
    return contradicts;
  }

  #settle(): void {
    if (!this.isRefuted && this.#propagate() === 'contradiction') this.isRefuted = true;
  }

  #insert(literals: readonly Literal[]): void {
    const clause = [...new Set(literals)];
    // Literals that are not false come first, so that they are watched.
    clause.sort((a, b) => Number(this.#isFalse(a)) - Number(this.#isFalse(b)));
    const [first, second] = clause;
    if (first === undefined || this.#isFalse(first)) this.isRefuted = true;
    else if (second === undefined || this.#isFalse(second)) this.#assign(first);
    if (first === undefined || second === undefined) return;
    this.#watch(first, clause);
    this.#watch(second, clause);
  }

  #watch(literal: Literal, clause: Literal[]): void {
    const watched = this.#watched.get(literal);
    if (watched === undefined) this.#watched.set(literal, [clause]);
    else watched.push(clause);
  }

  #isFalse(literal: Literal): boolean {
    return this.#values.get(Math.abs(literal)) === -literal;
  }

  /** Whether the literal is, or can become, true. */
  #assign(literal: Literal): boolean {
    const value = this.#values.get(Math.abs(literal));
    if (value !== undefined) return value === literal;
    this.#values.set(Math.abs(literal), literal);
    this.#trail.push(literal);
    return true;
  }

  #propagate(): 'contradiction' | undefined {
    while (this.#head < this.#trail.length) {
      const falsified = -(this.#trail[this.#head] as Literal);
      this.#head += 1;
      const watching = this.#watched.get(falsified) ?? [];
      const kept: Literal[][] = [];
      let contradiction = false;
      for (const clause of watching) {
        if (contradiction || !this.#move(clause, falsified)) {
          kept.push(clause);
          contradiction ||= !this.#assign(otherOf(clause, falsified));
        }
      }
      this.#watched.set(falsified, kept);
      if (contradiction) return 'contradiction';
    }
    return undefined;
  }

  /** Watches another literal of the clause that is not false, if there is one. */
  #move(clause: Literal[], falsified: Literal): boolean {
    const at = clause.findIndex((literal, index) => index > 1 && !this.#isFalse(literal));
    if (at === -1) return false;
    const found = clause[at] as Literal;
    clause[at] = falsified;
    clause[clause[0] === falsified ? 0 : 1] = found;
    this.#watch(found, clause);
    return true;
  }
}

function otherOf([first, second]: readonly Literal[], literal: Literal): Literal {
  return (first === literal ? second : first) as Literal;
}

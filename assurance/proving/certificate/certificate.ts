// The certificate of a proof: the steps that a solver took to refute a formula. Each step is a clause that is valid, or
// follows from the formula and the steps before it; the last one is the empty clause.

import type { Literal } from '../formula/formula.ts';
import type { LemmaKind } from '../terms/lemma.ts';

export type Step = LearnedClause | SumLemma | TermLemma;

export type Certificate = readonly Step[];

/** A clause that unit propagation derives: if all its literals were false, a clause would be violated. */
interface LearnedClause {
  readonly kind: 'clause';
  readonly literals: readonly Literal[];
}

/**
 * A clause about inequalities: if all its literals were false, the sum of the inequalities, each multiplied by its
 * factor, would be `0 <= ` a negative number.
 */
export interface SumLemma {
  readonly kind: 'sum';
  readonly literals: readonly Literal[];
  /** A positive factor for each literal. */
  readonly factors: readonly bigint[];
}

/** A clause about terms that is true for all strings, addresses and sets; lemmas come before all other steps. */
export interface TermLemma {
  readonly kind: 'lemma';
  readonly reason: LemmaKind;
  readonly literals: readonly Literal[];
}

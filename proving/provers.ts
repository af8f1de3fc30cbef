// The two provers: by lists of values, which also finds requests that refute a claim, and by lemmas about any values.

import type { Expr, Policy } from '../language/index.ts';
import type { Changes } from './facts/changed-fact.ts';
import type { Facts } from './facts/facts.ts';
import { LemmaProver } from './lemma-prover.ts';
import { Prover, type ProverOptions } from './prover.ts';

/** By what claims are decided. */
export type Means = 'lists' | 'lemmas';

export interface ProvingOptions extends ProverOptions {
  /** Default: both must prove a claim, and lists find what refutes it. */
  readonly by?: Means;
}

export function proverOf(
  policies: readonly Policy[],
  exprs: readonly Expr[],
  options: ProvingOptions,
  changes?: (facts: Facts) => Changes,
): Prover {
  return options.by === 'lemmas'
    ? new LemmaProver(policies, exprs, options, changes)
    : new Prover(policies, exprs, options, changes);
}

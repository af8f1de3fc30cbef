// The two provers: by lists of values, which also finds requests that refute a claim, and by lemmas about any values.

import type { Expr, PolicyModel } from '@nhipol/language/model';
import type { Changes } from './facts/changed-fact.ts';
import type { SymbolicFacts } from './facts/facts.ts';
import { Excess } from './formula/budget.ts';
import { LemmaProver } from './lemma-prover.ts';
import { Prover, type ProverOptions } from './prover.ts';

/** The means that decide claims. */
export type Means = 'lists' | 'lemmas';

export interface ProvingOptions extends ProverOptions {
  /** Default: both must prove a claim, and lists find what refutes it. */
  readonly by?: Means;
}

export function createProver(
  policies: readonly PolicyModel[],
  exprs: readonly Expr[],
  options: ProvingOptions,
  changes?: (facts: SymbolicFacts) => Changes,
): Prover {
  const { by, excess } = options;
  // Without rules the formula is small, and no claim is decided by it.
  const encodedPolicies = excess === undefined ? policies : policies.map(withoutRules);
  const kept = excess === undefined ? exprs : [];
  return by === 'lemmas'
    ? new LemmaProver(encodedPolicies, kept, options, changes)
    : new Prover(encodedPolicies, kept, options, changes);
}

function withoutRules(policy: PolicyModel): PolicyModel {
  return { ...policy, rules: [], scores: [], invariants: [] };
}

/** Makes a prover and the goals of claims, or those that are not decided because a formula is too large. */
export function runBounded<Made>(
  options: ProvingOptions,
  make: (options: ProvingOptions) => Made,
): Made {
  try {
    return make(options);
  } catch (error) {
    if (!(error instanceof Excess) || options.excess !== undefined) throw error;
    return make({ ...options, excess: error });
  }
}

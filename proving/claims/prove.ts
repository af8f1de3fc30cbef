// Decides the claims about a policy.

import type { Policy } from '../../language/index.ts';
import type { Prover, ProverOptions, Verdict } from '../prover.ts';
import { type Claim, type ClaimSet, claimSetsOf, type Shown } from './claims.ts';

export interface ClaimVerdict {
  readonly claim: Claim;
  readonly verdict: Verdict<Shown>;
}

/** The verdicts about claims with one formula. */
export interface DecidedSet {
  readonly prover: Prover;
  readonly verdicts: readonly ClaimVerdict[];
}

/** Decides claims of a set, which were all made before the first search. */
export function proveSet({ prover, claims }: ClaimSet): DecidedSet {
  const verdicts = claims.map((claim) => ({
    claim,
    verdict: prover.decide(claim.goal, (requests, answers) =>
      claim.isViolated(requests, answers) ? { requests, answers } : undefined,
    ),
  }));
  return { prover, verdicts };
}

/** Decides all claims about a policy. */
export function proveSets(policy: Policy, options: ProverOptions): readonly DecidedSet[] {
  return claimSetsOf(policy, options).map(proveSet);
}

export function prove(policy: Policy, options: ProverOptions): readonly ClaimVerdict[] {
  return proveSets(policy, options).flatMap(({ verdicts }) => verdicts);
}

// Decides the claims about a policy, and writes the proofs as data that can be checked elsewhere.

import type { Answer, Policy } from '../../language/index.ts';
import { Prover, type ProverOptions, type Verdict } from '../prover.ts';
import { type Claim, claimsOf } from './claims.ts';

export interface ClaimVerdict {
  readonly claim: Claim;
  readonly verdict: Verdict<Answer>;
}

/** A prover that knows all expressions of the claims about a policy. */
export function proverOf(policy: Policy, options: ProverOptions): Prover {
  return new Prover(
    [policy],
    policy.invariants.map(({ claim }) => claim),
    options,
  );
}

/** Decides claims about a policy, which were all made before the first search. */
export function proveClaims(prover: Prover, claims: readonly Claim[]): readonly ClaimVerdict[] {
  return claims.map((claim) => ({
    claim,
    verdict: prover.decide(claim.goal, (request, [answer]) =>
      answer !== undefined && claim.isViolated(request, answer) ? answer : undefined,
    ),
  }));
}

/** Decides all claims about a policy. */
export function prove(policy: Policy, options: ProverOptions): readonly ClaimVerdict[] {
  const prover = proverOf(policy, options);
  return proveClaims(prover, claimsOf(prover));
}

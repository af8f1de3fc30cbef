// Compares what is proved about a policy with the counterexamples of a search, such as `nhipol verify` makes it.

import type { PolicyModel } from '@nhipol/language/model';
import { lastInstant } from '@nhipol/language/types';
import { type ClaimVerdict, isProvedEverywhere } from '@nhipol/proving';
import type { Counterexample, Verification } from '../verify/verify.ts';
import type { ProofContradiction } from './contradiction.ts';

/** A claim that is proved, and that the search refutes. */
export function findSearchContradiction(
  policy: PolicyModel,
  { claims }: Verification,
  verdicts: readonly ClaimVerdict[],
): ProofContradiction | undefined {
  for (const { claim, verdict } of verdicts) {
    if (verdict.kind !== 'proved') continue;
    const matchingClaim = claims.find(
      ({ name, invariant }) => name === claim.name && invariant === claim.invariant,
    );
    const counterexample = matchingClaim?.counterexample;
    if (counterexample === undefined || !isCovered(policy, counterexample)) continue;
    if (counterexample.kind === 'session' && !isProvedEverywhere(verdict)) continue;
    return { claim: claim.name, counterexample };
  }
  return undefined;
}

/** Proofs are about clocks that show the time of the request, or in a session an instant of RFC 3339. */
function isCovered(policy: PolicyModel, counterexample: Counterexample): boolean {
  if (counterexample.kind === 'request') {
    const { now } = counterexample.sample;
    return now === undefined || policy.context?.members.has('time') === true;
  }
  const { opens, steps } = counterexample.sample;
  return steps.reduce((now, { after }) => now + after, opens) <= lastInstant;
}

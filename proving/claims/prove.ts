// Decides the claims about a policy.

import type { Answer, Policy } from '../../language/index.ts';
import type { Prover, ProverOptions, Verdict } from '../prover.ts';
import { type Claim, type ClaimSet, claimSetsOf, isAboutHistory, type Shown } from './claims.ts';

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
export function proveSet(set: ClaimSet): DecidedSet {
  return { prover: set.prover, verdicts: set.claims.map((claim) => proveClaim(set, claim)) };
}

/** Decides one claim of a set. */
export function proveClaim({ prover, refuteInSession }: ClaimSet, claim: Claim): ClaimVerdict {
  const confirm = (requests: readonly string[], answers: readonly Answer[]): Shown | undefined =>
    claim.isViolated(requests, answers) ? { requests, answers } : undefined;
  const verdict = prover.decide(claim.goal, confirm, isAboutHistory(claim));
  const shown = isOpenInSessions(verdict) ? refuteInSession?.(claim) : undefined;
  return { claim, verdict: shown === undefined ? verdict : refutedBy(shown, verdict) };
}

/** Whether only the history prevents a proof. */
function isOpenInSessions(verdict: Verdict): boolean {
  if (verdict.kind === 'proved') return !verdict.assumptions.inSessions;
  return (
    verdict.kind === 'undecided' && verdict.because.some(({ construct }) => construct === 'history')
  );
}

function refutedBy(confirmation: Shown, { conflicts }: Verdict): Verdict<Shown> {
  return { kind: 'refuted', request: confirmation.requests[0] ?? '', confirmation, conflicts };
}

/** Decides all claims about a policy. */
export function proveSets(policy: Policy, options: ProverOptions): readonly DecidedSet[] {
  return claimSetsOf(policy, options).map(proveSet);
}

export function prove(policy: Policy, options: ProverOptions): readonly ClaimVerdict[] {
  return proveSets(policy, options).flatMap(({ verdicts }) => verdicts);
}

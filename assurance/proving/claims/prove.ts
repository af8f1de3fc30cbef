// Decides the claims about a policy.

import type { EvaluatedAnswer } from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Literal } from '../formula/formula.ts';
import type { Prover, Verdict } from '../prover.ts';
import type { ProvingOptions } from '../provers.ts';
import { combineVerdicts, confirmVerdict, findSpan } from './both.ts';
import { type Claim, type ClaimSet, isAboutHistory, type Shown } from './claim.ts';
import { listClaimSets } from './claims.ts';

export interface ClaimVerdict {
  readonly claim: Claim;
  readonly verdict: Verdict<Shown>;
}

/** The verdicts about claims with one formula. */
export interface DecidedSet extends Pick<ClaimSet, 'prover' | 'second'> {
  readonly verdicts: readonly ClaimVerdict[];
}

/** Decides claims of a set, which were all made before the first search. */
export function proveSet(set: ClaimSet): DecidedSet {
  const { prover, second } = set;
  return { prover, second, verdicts: set.claims.map((claim) => proveClaim(set, claim)) };
}

/** Decides one claim of a set. */
export function proveClaim(
  { prover, second, refuteInSession }: ClaimSet,
  claim: Claim,
): ClaimVerdict {
  const confirm = (
    requests: readonly string[],
    answers: readonly EvaluatedAnswer[],
  ): Shown | undefined => (claim.isViolated(requests, answers) ? { requests, answers } : undefined);
  const decide = (by: Prover, goal: Literal) => by.decide(goal, confirm, isAboutHistory(claim));
  const first = decide(prover, claim.goal);
  const verdict =
    second === undefined
      ? first
      : combineVerdicts(first, findSpan(prover, claim.invariant), () =>
          confirmVerdict(second, claim, decide),
        );
  const shown = isOpenInSessions(verdict) ? refuteInSession?.(claim) : undefined;
  return { claim, verdict: shown === undefined ? verdict : createRefutation(shown, verdict) };
}

/** Whether only the history prevents a proof. */
function isOpenInSessions(verdict: Verdict): boolean {
  if (verdict.kind === 'proved') return !verdict.assumptions.inSessions;
  return (
    verdict.kind === 'undecided' && verdict.because.some(({ construct }) => construct === 'history')
  );
}

function createRefutation(confirmation: Shown, { conflicts }: Verdict): Verdict<Shown> {
  return { kind: 'refuted', request: confirmation.requests[0] ?? '', confirmation, conflicts };
}

/** Decides all claims about a policy. */
export function proveSets(policy: PolicyModel, options: ProvingOptions): readonly DecidedSet[] {
  return listClaimSets(policy, options).map(proveSet);
}

export function prove(policy: PolicyModel, options: ProvingOptions): readonly ClaimVerdict[] {
  return proveSets(policy, options).flatMap(({ verdicts }) => verdicts);
}

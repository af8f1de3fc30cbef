// Decides many claims with few searches: a model of any of their goals refutes those that are true in it, and a proof
// that none can be true is one for each.

import type { Literal } from '../formula/formula.ts';
import type { Verdict } from '../prover.ts';
import { combineVerdicts, findSpan, toClaimKey } from './both.ts';
import type { Claim, ClaimSet, Counterpart, Shown } from './claim.ts';

/** The verdict about each claim, in their order; what violates one of them violates all whose goals are true. */
export function decideEach(
  { prover, second }: Pick<ClaimSet, 'prover' | 'second'>,
  claims: readonly Claim[],
): readonly Verdict<Shown>[] {
  const verdicts = new Map<number, Verdict<Shown>>();
  const goals = claims.map(({ goal }) => goal);
  let open = [...goals.keys()];
  const decide = (indices: readonly number[]) => {
    const shown = new Set<number>();
    const goal = prover.formula.any(indices.map((index) => goals[index] as Literal));
    const verdict = prover.decide<Shown>(goal, (requests, answers, isTrue) => {
      for (const index of indices)
        if (isTrue(goals[index] as Literal) && claims[index]?.isViolated(requests, answers))
          shown.add(index);
      return shown.size === 0 ? undefined : { requests, answers };
    });
    const claimsOfPart = indices.map((index) => claims[index] as Claim);
    const both =
      second === undefined
        ? verdict
        : combineVerdicts(verdict, findSpan(prover), () => decideTogether(second(), claimsOfPart));
    return { shown, verdict: both };
  };
  while (open.length > 0) {
    const { shown, verdict } = decide(open);
    const isWhole = verdict.kind === 'proved' && verdict.assumptions.inSessions;
    const found = isWhole || open.length === 1 ? open : [...shown];
    if (found.length === 0) break;
    for (const index of found) verdicts.set(index, verdict);
    open = open.filter((index) => !verdicts.has(index));
  }
  // Together they are not proved: some may be, or have a weaker proof.
  for (const index of open) verdicts.set(index, decide([index]).verdict);
  return [...goals.keys()].map((index) => verdicts.get(index) as Verdict<Shown>);
}

/**
 * Whether the other prover excludes that one of the claims is violated, or `undefined` if it does not know all of
 * them.
 */
function decideTogether(
  { prover, goals }: Counterpart,
  claims: readonly Claim[],
): Verdict<Shown> | undefined {
  const own = claims.flatMap((claim) => goals.get(toClaimKey(claim)) ?? []);
  if (own.length < claims.length) return undefined;
  const [only, ...others] = claims;
  return prover.decide<Shown>(prover.formula.any(own), (requests, answers) => {
    const isShown = others.length === 0 && only?.isViolated(requests, answers) === true;
    return isShown ? { requests, answers } : undefined;
  });
}

// A claim is proved only if both provers prove it, each with a certificate: that by lists of values, and that by lemmas,
// which lists no values. A list that is too short then costs a refutation, not a false proof.

import type { Span } from '@nhipol/language/support';
import type { Literal } from '../formula/formula.ts';
import type { Prover, Verdict } from '../prover.ts';
import type { ProvingOptions } from '../provers.ts';
import type { Claim, Counterpart, Second } from './claim.ts';

/** Made when it is needed, and once. */
export function selectSecond(
  options: ProvingOptions,
  make: (options: ProvingOptions) => Counterpart,
): Second {
  if (options.by !== undefined) return undefined;
  let made: Counterpart | undefined;
  return () => {
    made ??= make({ ...options, by: 'lemmas' });
    return made;
  };
}

/** Distinguishes the claims of a set. */
export function toClaimKey({ name, invariant }: Pick<Claim, 'name' | 'invariant'>): string {
  return `${invariant === undefined ? 'built in' : 'invariant'} ${name}`;
}

export function mapGoals(claims: readonly Claim[]): ReadonlyMap<string, Literal> {
  return new Map(claims.map((claim) => [toClaimKey(claim), claim.goal]));
}

/** The verdict if the other prover agrees. `second`: `undefined` if it does not know the claim. */
export function combineVerdicts<Confirmation>(
  verdict: Verdict<Confirmation>,
  span: Span,
  second: () => Verdict<Confirmation> | undefined,
): Verdict<Confirmation> {
  if (verdict.kind !== 'proved') return verdict;
  const other = second();
  const conflicts = verdict.conflicts + (other?.conflicts ?? 0);
  if (other?.kind === 'refuted') return { ...other, conflicts };
  if (other?.kind !== 'proved') {
    const because = other?.because ?? [];
    const open = because.length > 0 ? because : [{ construct: 'lemmas' as const, span }];
    return { kind: 'undecided', because: open, conflicts };
  }
  const inSessions = verdict.assumptions.inSessions && other.assumptions.inSessions;
  const parts = { lists: verdict, lemmas: other };
  return { ...verdict, assumptions: { ...verdict.assumptions, inSessions }, parts, conflicts };
}

/** The other prover, and the goal of a claim in its formula, or `undefined` if it does not know the claim. */
export function findCounterpart(
  second: Second,
  claim: Pick<Claim, 'name' | 'invariant'>,
): { readonly prover: Prover; readonly goal: Literal } | undefined {
  const counterpart = second?.();
  const goal = counterpart?.goals.get(toClaimKey(claim));
  return counterpart === undefined || goal === undefined
    ? undefined
    : { prover: counterpart.prover, goal };
}

/** The verdict of the second prover about a claim of the first. */
export function confirmVerdict<Confirmation>(
  second: Second,
  claim: Pick<Claim, 'name' | 'invariant'>,
  decide: (prover: Prover, goal: Literal) => Verdict<Confirmation>,
): Verdict<Confirmation> | undefined {
  const counterpart = findCounterpart(second, claim);
  return counterpart && decide(counterpart.prover, counterpart.goal);
}

/** The place that a verdict is about. */
export function findSpan({ decisions }: Prover, invariant?: Claim['invariant']): Span {
  const [decision] = decisions;
  if (decision === undefined) throw new Error('broken invariant: there is no policy');
  return invariant?.span ?? decision.policy.span;
}

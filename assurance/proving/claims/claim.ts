// A claim about all decisions of a policy, and the requests that refute it. A claim is violated where its goal is true.

import { type EvaluatedAnswer, readsHistory } from '@nhipol/language';
import type { Invariant } from '@nhipol/language/model';
import type { Literal } from '../formula/formula.ts';
import type { DecidedMoment, SessionWitness } from '../history/session-witness.ts';
import type { Prover } from '../prover.ts';

export interface Claim {
  /** A sentence. */
  readonly name: string;
  /** `undefined` if it is built in. */
  readonly invariant: Invariant | undefined;
  /** True where the claim is violated. */
  readonly goal: Literal;
  /** Whether requests and their answers violate the claim; `session`: if the decision is made in one. */
  readonly isViolated: (
    requests: readonly string[],
    answers: readonly EvaluatedAnswer[],
    session?: DecidedMoment,
  ) => boolean;
}

/** Whether the claim is about events of a session, so that it says nothing outside of one. */
export function isAboutHistory({ invariant }: Claim): boolean {
  return invariant !== undefined && readsHistory(invariant);
}

/** The requests that refute a claim, and their answers: one, or two that are compared. */
export interface Shown {
  readonly requests: readonly string[];
  readonly answers: readonly EvaluatedAnswer[];
  /** The session in which the last of the requests is made. */
  readonly session?: SessionWitness;
}

/** Claims with one formula. */
export interface ClaimSet {
  readonly prover: Prover;
  readonly claims: readonly Claim[];
  /** The same claims for the other prover. */
  readonly second: Second;
  /** Searches for a session with few events that violates a claim. */
  readonly refuteInSession?: (claim: Claim) => Shown | undefined;
}

/** The prover by lemmas, and the goals of the same claims in its formula. */
export interface Counterpart {
  readonly prover: Prover;
  readonly goals: ReadonlyMap<string, Literal>;
}

/** `undefined` if one prover alone decides. */
export type Second = (() => Counterpart) | undefined;

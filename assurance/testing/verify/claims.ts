// Properties of the answers of a policy: each examines a request and its answer, or a session and its answers, and
// reports whether it applies to them, and what violates it.

import type { Invariant } from '@nhipol/language/model';
import type { Span } from '@nhipol/language/support';
import type { Answer } from '@nhipol/runtime';
import type { SessionSample } from '../explore/sessions.ts';
import type { GeneratedRequest } from '../generate/requests.ts';

export interface SampleClaim<Sample, Answered> {
  /** A sentence. */
  readonly name: string;
  /** `undefined` if it is built in, for every policy that does not explicitly state otherwise. */
  readonly invariant: Invariant | undefined;
  /** It takes many evaluations, and is tested on some of the requests only. */
  readonly isExpensive?: boolean;
  readonly judge: (sample: Sample, answered: Answered) => Judgement;
}

export type RequestClaim = SampleClaim<GeneratedRequest, Answer>;

/** Examines the answers to the steps of a session. */
export type SessionClaim = SampleClaim<SessionSample, readonly Answer[]>;

export type Judgement =
  | { readonly kind: 'not about' | 'holds' }
  | Broken
  | { readonly kind: 'allowed'; readonly by: Allowance };

interface Broken {
  readonly kind: 'broken';
  /** The reason, if the answer alone does not show it. */
  readonly why: string | undefined;
}

/** An explicit exception in a policy. */
export interface Allowance {
  /** Such as `without context.risk.level`. */
  readonly where: string;
  /** Position of the rule with the exception. */
  readonly rule: string;
  readonly span: Span;
  /** The effect of the rule; forms a sentence with the rule's id before it. */
  readonly how: string;
  /** The result, such as `revoke → narrow`. */
  readonly change: string;
}

export const notAbout: Judgement = { kind: 'not about' };
export const holdingJudgement: Judgement = { kind: 'holds' };

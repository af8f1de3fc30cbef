// What is claimed of the answers of a policy: a claim looks at a request and its answer, or at a
// session and its answers, and says whether it is about them, and what breaks it.

import type { Answer } from '@nhipol/runtime';
import type { Invariant, Span } from '../../language/index.ts';
import type { SessionSample } from '../explore/sessions.ts';
import type { GeneratedRequest } from '../generate/requests.ts';

export interface Claim<Sample, Answered> {
  /** As a sentence. */
  readonly name: string;
  /** undefined: it is claimed of any policy that doesn't say otherwise aloud. */
  readonly invariant: Invariant | undefined;
  /** It takes many evaluations, and is asked of some of the requests alone. */
  readonly isDear?: boolean;
  readonly judge: (sample: Sample, answered: Answered) => Judgement;
}

export type RequestClaim = Claim<GeneratedRequest, Answer>;

/** Of the answers to the steps of a session. */
export type SessionClaim = Claim<SessionSample, readonly Answer[]>;

export type Judgement =
  | { readonly kind: 'not about' | 'holds' }
  | Broken
  | { readonly kind: 'allowed'; readonly by: Allowance };

export interface Broken {
  readonly kind: 'broken';
  /** What happened, where the answer alone does not show it. */
  readonly why: string | undefined;
}

/** Where a policy says aloud that it does otherwise. */
export interface Allowance {
  /** As `without context.risk.level`. */
  readonly where: string;
  /** Of the rule that says so. */
  readonly rule: string;
  readonly span: Span;
  /** By what it does: with the rule's id before it a sentence. */
  readonly how: string;
  /** What that led to, as `revoke → narrow`. */
  readonly change: string;
}

export const notAbout: Judgement = { kind: 'not about' };
export const holds: Judgement = { kind: 'holds' };

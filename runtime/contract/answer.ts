// The answer of a decision, the same from the evaluator and from every host.

import type { EffectName } from './effects.ts';
import type { ExactDecimal } from './exact-decimal.ts';

/** The members of a request, in ASCII order: what an answer depends on if the request itself is invalid. */
export const requestMembers: readonly string[] = Object.freeze([
  'action',
  'context',
  'resource',
  'subject',
]);

/** JSON with exact numbers: an integer beyond 2^53 is a bigint. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | ExactDecimal
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** The answer of a decision. */
export interface Answer<Fault = AnswerError> {
  readonly effect: EffectName;
  /** AuthZEN's boolean: true for `permit` and `narrow`. */
  readonly decision: boolean;
  /** Ids of the rules that fired at the winning effect, in ASCII order, each once. */
  readonly reasons: readonly string[];
  readonly reasonDetails: readonly ReasonDetail[];
  /** With `narrow` only. */
  readonly constraints: Readonly<Record<string, JsonValue>>;
  /**
   * With `deny` only: values to which members of the request can be lowered so that it may be narrowed, by path in its
   * JSON, in ASCII order. The answer is about the request as it is; a lowered one is another request.
   */
  readonly lower: Readonly<Record<string, JsonValue>>;
  /** The actions that the enforcement point must take, in the order of the reasons that require it. */
  readonly obligations: readonly AnswerObligation[];
  /** The request that can be made to an approver; with `challenge` only. */
  readonly accessRequest: AnswerAccessRequest | undefined;
  /**
   * The answer is valid strictly before this instant, in milliseconds since 1970-01-01T00:00:00Z, or `undefined` if
   * time alone does not change it.
   */
  readonly validUntil: number | undefined;
  /** Paths and tables whose change may change the answer, in ASCII order. */
  readonly read: readonly string[];
  /** The answer read decisions of the session: it is valid for this action alone. */
  readonly singleUse: boolean;
  /**
   * With `challenge` only, if the answer depends on `context.call_digest`: the digest of the call, which an
   * approval must be bound to. `undefined` if there is none.
   */
  readonly callDigest: string | undefined;
  readonly error: Fault | undefined;
}

/**
 * The enforcement point of a `permit` or `narrow` carries out all of its obligations, or denies; those of another
 * answer accompany the refusal.
 */
export interface AnswerObligation {
  readonly name: string;
  /** The type in AuthZEN: `step-up`, `notification`, `session_termination` or `custom`. */
  readonly type: string;
  /** The properties by name, in ASCII order. */
  readonly properties: Readonly<Record<string, JsonValue>>;
  /** Ids of the rules that require it, in ASCII order. */
  readonly reasons: readonly string[];
}

/**
 * The request that can be made to an approver, so that the same request may be permitted later; until then the answer
 * is a refusal like any other.
 */
export interface AnswerAccessRequest {
  readonly name: string;
  /** The properties by name, in ASCII order; `expires_in` in seconds. */
  readonly properties: Readonly<Record<string, JsonValue>>;
  /** Id of the rule that offers it. */
  readonly reason: string;
  /** The instant of evaluation, in ms. */
  readonly evaluatedAt: bigint;
  /** The access request must be made before this instant, in ms. */
  readonly expiresAt: bigint;
}

export interface ReasonDetail {
  readonly id: string;
  readonly effect: EffectName;
  readonly message: string | undefined;
  readonly firedOn: 'true' | 'unknown';
  /** The paths and tables that made it unknown, in ASCII order. */
  readonly unknown: readonly string[];
  readonly source:
    | { readonly file: string; readonly line: number; readonly column: number }
    | undefined;
}

/** The fault of the request, or of the engine that should have evaluated it. */
export interface AnswerError {
  /** One of the manifest's names, or `engine_error`. */
  readonly code: string;
  /** JSONPath (RFC 9535) of the member at fault; `$` for the request as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** Byte offset in the request. */
  readonly offset: number;
}

// What a decision says, and the answers that no module gives: to a request that cannot be written
// as JSON, and to a failure of the module or of the host itself. Both are a deny.

import type { EffectName } from './contract/index.ts';
import type { ExactDecimal } from './exact-decimal.ts';
import { givenAnswer } from './given-answer.ts';

export interface Answer {
  readonly effect: EffectName;
  /** AuthZEN's boolean: true for `permit` and `narrow`. */
  readonly decision: boolean;
  /** Ids of the rules that fired at the winning effect, in ASCII order, each once. */
  readonly reasons: readonly string[];
  readonly reasonDetails: readonly ReasonDetail[];
  /** With `narrow` only. */
  readonly constraints: Readonly<Record<string, JsonValue>>;
  /** What must be done along with it; in the order of the reasons that ask for it. */
  readonly obligations: readonly AnswerObligation[];
  /** What may be asked of an approver; with `challenge` only. */
  readonly accessRequest: AnswerAccessRequest | undefined;
  /** The answer holds strictly before this instant, in ms; undefined: time alone changes nothing. */
  readonly validUntil: bigint | undefined;
  /** Paths and tables whose change may change the answer, in ASCII order. */
  readonly read: readonly string[];
  /** Decisions of the session are among what it read: it holds for this action alone. */
  readonly singleUse: boolean;
  /**
   * With `challenge` only, where that depends on `context.call_digest`: the digest of the call, which an approval must be bound
   * to. undefined: it has none.
   */
  readonly callDigest: string | undefined;
  readonly error: AnswerError | undefined;
}

/**
 * Whoever enforces a `permit` or `narrow` carries out all of its obligations, or denies; those of
 * another answer are carried out beside the refusal.
 */
export interface AnswerObligation {
  readonly name: string;
  /** What AuthZEN calls it: `step-up`, `notification`, `session_termination` or `custom`. */
  readonly type: string;
  /** By name, in ASCII order. */
  readonly properties: Readonly<Record<string, JsonValue>>;
  /** Ids of the rules that asked for it, in ASCII order. */
  readonly reasons: readonly string[];
}

/**
 * What may be asked of an approver, so that the same request may be granted later; until it is, the
 * answer is a refusal like any other.
 */
export interface AnswerAccessRequest {
  readonly name: string;
  /** By name, in ASCII order; `expires_in` in seconds. */
  readonly properties: Readonly<Record<string, JsonValue>>;
  /** Id of the rule that asks for it. */
  readonly reason: string;
  /** The instant of evaluation, in ms. */
  readonly evaluatedAt: bigint;
  /** The request is to be made before this instant, in ms. */
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

/** What is wrong with the request, or with what should have judged it. */
export interface AnswerError {
  /** One of the manifest's names, or `engine_error`. */
  readonly code: string;
  /** JSONPath (RFC 9535) of the member at fault; `$` for the request as a whole. */
  readonly path: string;
  readonly expected: string;
  readonly found: string;
  /** Bytes from the start of the text. */
  readonly offset: number;
}

/** JSON with exact integers: a number beyond 2^53 is a bigint. */
export type JsonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | ExactDecimal
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/** The whole request: what is read where the request itself is at fault. */
export const everything: readonly string[] = Object.freeze([
  'action',
  'context',
  'resource',
  'subject',
]);

/** A reason that is no rule's. */
export type OwnReason =
  | 'default_deny'
  | 'invalid_request'
  | 'engine_error'
  | 'clock_went_back'
  | 'revoked_before';

export function ownReason(id: OwnReason): ReasonDetail {
  return {
    id,
    effect: id === 'revoked_before' ? 'revoke' : 'deny',
    message: undefined,
    firedOn: 'true',
    unknown: [],
    source: undefined,
  };
}

export function invalidAnswer(error: AnswerError): Answer {
  return denial('invalid_request', error);
}

export function engineErrorAnswer(error: AnswerError): Answer {
  return denial('engine_error', error);
}

export function engineError(expected: string, found: string): AnswerError {
  return { code: 'engine_error', path: '$', expected, found, offset: 0 };
}

/** Of a session that was revoked for reasons that are not known any more. */
export function revokedAnswer(): Answer {
  return denial('revoked_before', undefined, 'revoke');
}

function denial(
  id: 'invalid_request' | 'engine_error' | 'revoked_before',
  error: AnswerError | undefined,
  effect: 'deny' | 'revoke' = 'deny',
): Answer {
  return givenAnswer({
    effect,
    decision: false,
    reasons: [id],
    reasonDetails: [ownReason(id)],
    constraints: {},
    obligations: [],
    accessRequest: undefined,
    validUntil: undefined,
    read: everything,
    singleUse: false,
    callDigest: undefined,
    error,
  });
}

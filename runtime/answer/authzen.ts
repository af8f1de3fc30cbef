// An answer as an AuthZEN evaluation response: its boolean, and everything else as the context.

import type {
  Answer,
  AnswerAccessRequest,
  AnswerError,
  AnswerObligation,
  EffectName,
  JsonValue,
  ReasonDetail,
} from '../contract/index.ts';
import { showInstant } from '../module/show.ts';

export interface AuthZenResponse {
  readonly decision: boolean;
  readonly context: {
    readonly effect: EffectName;
    readonly reasons: readonly string[];
    readonly reason_details: readonly AuthZenReason[];
    /** With `narrow` only. */
    readonly constraints?: Readonly<Record<string, JsonValue>>;
    /** Values that the request can be lowered to, by path; with `deny` only, if there are any. */
    readonly lower?: Readonly<Record<string, JsonValue>>;
    /** In the form of the obligations profile, draft 1. */
    readonly obligations?: readonly AuthZenObligation[];
    /** In the form of the access request and approval profile, draft 1; with `challenge` only. */
    readonly access_request?: AuthZenAccessRequest;
    /** The id of the rule that offers the access request, and the instant of evaluation. */
    readonly reason?: string;
    readonly evaluated_at?: string;
    /** The name of the access request in the policy. */
    readonly access_request_name?: string;
    /** RFC 3339, with milliseconds. */
    readonly valid_until?: string;
    readonly read: readonly string[];
    /** The answer is valid for this action alone: it read earlier decisions. */
    readonly single_use?: boolean;
    /** The digest that an approval must be bound to; with `challenge` only. */
    readonly call_digest?: string;
    readonly error?: AnswerError;
  };
}

export interface AuthZenObligation {
  /** Unique within the answer: `obl-1`, `obl-2`, … */
  readonly id: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, JsonValue>>;
  /** The name in the policy, which distinguishes `custom` obligations. */
  readonly name: string;
  /** The rules that require it. */
  readonly reasons: readonly string[];
}

/** The host adds `binding_token`, or `evaluation_id` in the context. */
export interface AuthZenAccessRequest {
  /** RFC 3339, with milliseconds. */
  readonly expires_at: string;
  /** Other members of the profile: `template`, `display`, `form_url`, … */
  readonly [name: string]: JsonValue;
}

export interface AuthZenReason {
  readonly id: string;
  readonly effect: EffectName;
  readonly message?: string;
  readonly fired_on: 'true' | 'unknown';
  readonly unknown?: readonly string[];
  readonly source?: { readonly file: string; readonly line: number; readonly column: number };
}

export function toAuthZen(answer: Answer): AuthZenResponse {
  const { effect, lower, obligations, accessRequest, validUntil, singleUse, callDigest, error } =
    answer;
  return {
    decision: answer.decision,
    context: {
      effect,
      reasons: answer.reasons,
      reason_details: answer.reasonDetails.map(toReason),
      ...(effect === 'narrow' ? { constraints: answer.constraints } : {}),
      ...(Object.keys(lower).length === 0 ? {} : { lower }),
      ...(obligations.length === 0 ? {} : { obligations: obligations.map(toObligation) }),
      ...(accessRequest === undefined ? {} : toAccessRequest(accessRequest)),
      ...(validUntil === undefined ? {} : { valid_until: showInstant(validUntil) }),
      read: answer.read,
      ...(singleUse ? { single_use: true } : {}),
      ...(callDigest === undefined ? {} : { call_digest: callDigest }),
      ...(error === undefined ? {} : { error }),
    },
  };
}

function toObligation(
  { name, type, properties, reasons }: AnswerObligation,
  index: number,
): AuthZenObligation {
  return { id: `obl-${index + 1}`, type, properties, name, reasons };
}

function toAccessRequest(request: AnswerAccessRequest) {
  const { name, properties, reason, evaluatedAt, expiresAt } = request;
  const { expires_in: _, ...said } = properties;
  return {
    access_request: { ...said, expires_at: showInstant(expiresAt) },
    reason,
    evaluated_at: showInstant(evaluatedAt),
    access_request_name: name,
  };
}

function toReason({ id, effect, message, firedOn, unknown, source }: ReasonDetail): AuthZenReason {
  return {
    id,
    effect,
    ...(message === undefined ? {} : { message }),
    fired_on: firedOn,
    ...(unknown.length === 0 ? {} : { unknown }),
    ...(source === undefined
      ? {}
      : { source: { file: source.file, line: source.line, column: source.column } }),
  };
}

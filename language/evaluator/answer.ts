// What a decision says, the same from the evaluator and from the module.

import type { EffectName } from '@nhipol/runtime/abi';
import type { RequestError } from '../request/errors.ts';
import type { JsonValue } from '../types/values.ts';

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
  /** Paths, tables and terms of history whose change may change the answer, in ASCII order. */
  readonly read: readonly string[];
  /** Decisions of the session are among what it read: it holds for this action alone. */
  readonly singleUse: boolean;
  /**
   * With `challenge` only, where that depends on `context.call_digest`: the digest of the call, which an approval must be bound
   * to. undefined: it has none.
   */
  readonly callDigest: string | undefined;
  readonly error: RequestError | undefined;
}

export interface ReasonDetail {
  readonly id: string;
  /** The effect it fired with: a `revoke` that is only possible fires as `deny`. */
  readonly effect: EffectName;
  readonly message: string | undefined;
  readonly firedOn: 'true' | 'unknown';
  /** The paths and tables that made it unknown, in ASCII order. */
  readonly unknown: readonly string[];
  readonly source:
    | { readonly file: string; readonly line: number; readonly column: number }
    | undefined;
}

/** What can be claimed of an answer. */
export type Verdict = Pick<
  Answer,
  'effect' | 'reasons' | 'constraints' | 'obligations' | 'accessRequest'
>;

export interface AnswerObligation {
  readonly name: string;
  /** What AuthZEN calls it. */
  readonly type: string;
  /** By name, in ASCII order. */
  readonly properties: Readonly<Record<string, JsonValue>>;
  /** Ids of the rules that asked for it, in ASCII order. */
  readonly reasons: readonly string[];
}

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

/** All that an answer asks for. */
export function allAsked({
  obligations,
  accessRequest,
}: Pick<Answer, 'obligations' | 'accessRequest'>): readonly Pick<
  AnswerObligation,
  'name' | 'properties'
>[] {
  return accessRequest === undefined ? obligations : [...obligations, accessRequest];
}

/** The whole request: what is read where the request itself is at fault. */
export const everything: readonly string[] = ['action', 'context', 'resource', 'subject'];

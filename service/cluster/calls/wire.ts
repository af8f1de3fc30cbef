// Calls between nodes as JSON, with all digits of numbers: requests have the numbers that the caller wrote, and answers
// those of the module.

import { type Answer, ExactDecimal, stringify } from '@nhipol/runtime';
import { isSafeNumber, parse } from 'lossless-json';
import type { Members } from '../../json/members.ts';
import { Problem, type ProblemDetails, type ProblemStatus } from '../../pdp/problem.ts';
import { parseExactJson, stringifyExactly } from '../../pdp/requests/exact-json.ts';
import type { SessionCaller } from '../../pdp/sessions/session-caller.ts';

/** An operation on a session, or on all of a partition, at its owner. */
export interface OwnerCall<By = SessionCaller> {
  readonly operation: string;
  /** The caller of the node that received the call, which has identified it. */
  readonly by: By;
  readonly id: string;
  /** The arguments after the id. */
  readonly given: readonly unknown[];
}

/** The reply of an owner. `notOwner`: nothing was done, because another node may own the partition. */
export type OwnerReply<Value = unknown> =
  | { readonly kind: 'value'; readonly value: Value }
  | {
      readonly kind: 'problem';
      readonly status: ProblemStatus;
      readonly message: string;
      readonly details: ProblemDetails;
    }
  | { readonly kind: 'failed'; readonly message: string }
  | { readonly kind: 'notOwner' };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The members of a caller that its sessions depend on, without the claims of its token. */
export interface WireCaller extends Omit<SessionCaller, 'standing'> {
  /** The node that can identify the caller again, and its number for the call; absent: nothing about the caller changes. */
  readonly node?: string;
  readonly number?: number;
}

export function toWireCaller({ id, tenant, isOperator, maxSessions }: SessionCaller): WireCaller {
  return { id, tenant, isOperator, maxSessions };
}

export function writeWire(message: object): Uint8Array {
  return encoder.encode(stringifyExactly(message));
}

export function readWire(bytes: Uint8Array): unknown {
  return parseExactJson(bytes);
}

export function writeReply(reply: OwnerReply): Uint8Array {
  return encoder.encode(stringify(reply));
}

export function readReply(bytes: Uint8Array): OwnerReply {
  return parse(decoder.decode(bytes), null, { parseNumber }) as OwnerReply;
}

/** Numbers of an answer, as `JsonValue` describes them. */
function parseNumber(digits: string): number | bigint | ExactDecimal {
  if (isSafeNumber(digits)) return Number(digits);
  return /^-?\d+$/.test(digits) ? BigInt(digits) : new ExactDecimal(digits);
}

/** Instants of an access request are 64-bit integers, which JSON does not distinguish. */
export function toAnswer(value: Answer): Answer {
  const { accessRequest } = value;
  if (accessRequest === undefined) return value;
  const { evaluatedAt, expiresAt } = accessRequest;
  return {
    ...value,
    accessRequest: {
      ...accessRequest,
      evaluatedAt: BigInt(evaluatedAt),
      expiresAt: BigInt(expiresAt),
    },
  };
}

export function createErrorReply(error: unknown): OwnerReply {
  if (error instanceof Problem) {
    const { status, message, details } = error;
    return { kind: 'problem', status, message, details };
  }
  return { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
}

/** The value of a reply. Throws its problem. */
export function readReplyValue<Value>(
  reply: Exclude<OwnerReply<Value>, { readonly kind: 'notOwner' }>,
): Value {
  if (reply.kind === 'value') return reply.value;
  if (reply.kind === 'problem') throw new Problem(reply.status, reply.message, reply.details);
  throw new Error(reply.message);
}

/** The answer to a decision, with the request as it was decided if the caller wants it. */
export interface DecidedReply extends Answer {
  readonly decided_request?: Members;
}

// The outcome of a call as an event of the session: `completed` or `failed`, with what a policy can read of the result.

import type { Call } from '../engine/call.ts';
import type { Members } from '../json/members.ts';
import type { ResponseMessage } from './message.ts';

/** Longer structured results are not passed to the policy. */
const maxStructuredLength = 16_384;

export interface Outcome {
  readonly signal: 'completed' | 'failed';
  readonly payload: Members;
  /** Without the result itself, which is not for the log. */
  readonly logged: Members;
}

export interface CallResult {
  readonly isFailed: boolean;
  /** The part of the result that a policy can read; undefined: nothing. */
  readonly structured: unknown;
  /** The length of the result. */
  readonly bytes: number;
}

export function outcomeOf({ parts }: Call, { isFailed, structured, bytes }: CallResult): Outcome {
  const isShort =
    structured !== undefined && JSON.stringify(structured).length <= maxStructuredLength;
  return {
    signal: isFailed ? 'failed' : 'completed',
    payload: {
      action: parts.action,
      resource: parts.resource,
      result: { bytes, ...(isShort ? { structured } : {}) },
    },
    logged: { result: { bytes } },
  };
}

/** `bytes`: the length of the message. */
export function resultOf({ result, error }: ResponseMessage, bytes: number): CallResult {
  const isFailed = error !== undefined || result?.isError === true;
  return { isFailed, structured: result?.structuredContent, bytes };
}

// Reads answers of a service. An answer that is not certainly a permit is a denial, or an error.

import type { AuthZenResponse, EffectName } from '@nhipol/runtime';
import { isMembers } from '../json/members.ts';
import { createInvalidAnswerError, type ServiceError } from './service-error.ts';

/** Everything is optional: an operator may have limited what responses contain. */
export type EvaluationContext = Partial<AuthZenResponse['context']> & {
  /** With an access request: the id of the evaluation that it refers to. */
  readonly evaluation_id?: string;
};

export interface Evaluation {
  readonly decision: boolean;
  readonly context: EvaluationContext;
}

/** The state of a session. */
export interface SessionState extends Evaluation {
  readonly id: string;
}

const permitting: readonly unknown[] = ['permit', 'narrow', undefined];

/** Throws a `ServiceError` for a value that is not an evaluation response. */
export function readEvaluation(value: unknown): Evaluation {
  if (!isMembers(value) || typeof value.decision !== 'boolean') {
    throw createInvalidAnswerError('the response is not an evaluation');
  }
  const { decision, context = {} } = value;
  if (!isMembers(context) || (decision && !permitting.includes(context.effect))) {
    throw createInvalidAnswerError('the context of the response does not fit its decision');
  }
  return { decision, context };
}

/** Throws a `ServiceError` for a value that is not the state of a session. */
export function readSessionState(value: unknown): SessionState {
  if (!isMembers(value) || typeof value.id !== 'string') {
    throw createInvalidAnswerError('the response is not a session');
  }
  return { id: value.id, ...readEvaluation(value) };
}

/** The denial instead of an answer that could not be had. */
export function createDenial({ code, status, detail }: ServiceError): Evaluation {
  const isRefused = status !== undefined && status < 500;
  return createDenialEvaluation(code ?? (isRefused ? 'request_refused' : 'unavailable'), detail);
}

/** A denial with one reason: a word, and a sentence for a person. */
export function createDenialEvaluation(id: string, message: string): Evaluation {
  const effect: EffectName = 'deny';
  return {
    decision: false,
    context: {
      effect,
      reasons: [id],
      reason_details: [{ id, effect, message, fired_on: 'true' }],
      read: [],
    },
  };
}

// Answers that no module returns: for a request that cannot be encoded as JSON, and for a failure of the module or
// of the host itself. Both are a deny.

import {
  type Answer,
  type AnswerError,
  type ReasonDetail,
  requestMembers,
} from '../contract/index.ts';
import { toGivenAnswer } from './given-answer.ts';

/** A reason that is not a rule. */
type OwnReason =
  | 'default_deny'
  | 'invalid_request'
  | 'engine_error'
  | 'clock_went_back'
  | 'revoked_before';

function createRuntimeReason(id: OwnReason): ReasonDetail {
  return {
    id,
    effect: id === 'revoked_before' ? 'revoke' : 'deny',
    message: undefined,
    firedOn: 'true',
    unknown: [],
    source: undefined,
  };
}

export function createInvalidAnswer(error: AnswerError): Answer {
  return createDenial('invalid_request', error);
}

export function createEngineErrorAnswer(error: AnswerError): Answer {
  return createDenial('engine_error', error);
}

export function createEngineError(expected: string, found: string): AnswerError {
  return { code: 'engine_error', path: '$', expected, found, offset: 0 };
}

/** For a session that was revoked for reasons that are no longer known. */
export function createRevokedAnswer(): Answer {
  return createDenial('revoked_before', undefined, 'revoke');
}

function createDenial(
  id: 'invalid_request' | 'engine_error' | 'revoked_before',
  error: AnswerError | undefined,
  effect: 'deny' | 'revoke' = 'deny',
): Answer {
  return toGivenAnswer({
    effect,
    decision: false,
    reasons: [id],
    reasonDetails: [createRuntimeReason(id)],
    constraints: {},
    lower: {},
    obligations: [],
    accessRequest: undefined,
    validUntil: undefined,
    read: requestMembers,
    singleUse: false,
    callDigest: undefined,
    error,
  });
}

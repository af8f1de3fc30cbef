// Answers of the engine itself, for what no policy decides.

import type { Answer, EffectName, ReasonDetail } from '@nhipol/runtime';

/** A refusal with one reason: a word such as `log_unavailable`, and what a person reads. */
export function createRefusalAnswer(
  reason: string,
  message: string,
  effect: Extract<EffectName, 'deny' | 'revoke'> = 'deny',
): Answer {
  return {
    effect,
    decision: false,
    reasons: [reason],
    reasonDetails: [
      { id: reason, effect, message, firedOn: 'true', unknown: [], source: undefined },
    ],
    constraints: {},
    lower: {},
    obligations: [],
    accessRequest: undefined,
    validUntil: undefined,
    read: [],
    singleUse: false,
    callDigest: undefined,
    error: undefined,
  };
}

/** The reasons of refusals by an engine that cannot decide. */
const failures: ReadonlySet<string> = new Set([
  'engine_error',
  'log_unavailable',
  'state_unavailable',
]);

/** Whether nothing was decided, because the engine, the log or the state cannot be used. */
export function isFailure({ reasons }: Pick<Answer, 'reasons'>): boolean {
  return reasons.some((reason) => failures.has(reason));
}

type Explained = Pick<Answer, 'error'> & {
  readonly reasonDetails: readonly Pick<ReasonDetail, 'id' | 'message' | 'unknown'>[];
};

/** Why an answer refuses, in words: the messages of its rules, or their names. */
export function explainAnswer({ reasonDetails, error }: Explained): string {
  const reasons = reasonDetails.map(({ id, message, unknown }) => {
    if (message !== undefined) return message;
    if (id === 'default_deny') return 'no rule permits it';
    const cause = unknown.length > 0 ? ` (${unknown.join(', ')} is unknown)` : '';
    return `${id}${cause}`;
  });
  if (error !== undefined && error.code !== 'engine_error') {
    return `${error.path}: expected ${error.expected}, found ${error.found}`;
  }
  return reasons.join('; ');
}

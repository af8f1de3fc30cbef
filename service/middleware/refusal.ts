// Refusals as responses: problem details (RFC 9457) with the reasons of the policy. What cannot be decided is a 503.

import type { AuthZenReason } from '@nhipol/runtime';
import type { Evaluation } from '../client/index.ts';
import { explainAnswer, isFailure } from '../engine/answers.ts';
import { isMembers } from '../json/members.ts';

export interface Refusal {
  readonly status: 401 | 403 | 503;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body: string;
  /** `undefined` if nothing was decided. */
  readonly evaluation: Evaluation | undefined;
}

const titles = { 401: 'Unauthorized', 403: 'Forbidden', 503: 'Service Unavailable' } as const;

/** The refusal of a request that cannot be decided. Its cause stays here. */
export const undecided: Refusal = createRefusalReply(503, undefined, {
  detail: 'the request cannot be decided',
  code: 'undecided',
});

/** The refusal of a request that has to name its session, and does not. */
export const withoutSession: Refusal = createRefusalReply(403, undefined, {
  detail: 'the request has no session',
  code: 'no_session',
});

/** `isExplained`: whether the response contains why. */
export function createRefusal(evaluation: Evaluation, isExplained: boolean): Refusal {
  const { context } = evaluation;
  const { effect = 'deny', reasons = [], obligations = [] } = context;
  if (isFailure({ reasons })) return { ...undecided, evaluation };
  const stepUp = obligations.find(({ type }) => type === 'step-up');
  const isStepUp = effect === 'challenge' && stepUp !== undefined;
  const { evaluation_id: id, call_digest: digest, access_request: request } = context;
  const approval =
    effect === 'challenge'
      ? {
          ...(id === undefined ? {} : { evaluation_id: id }),
          ...(digest === undefined ? {} : { call_digest: digest }),
          ...(request === undefined ? {} : { access_request: request }),
        }
      : {};
  const details = context.reason_details ?? [];
  const explained = { detail: formatReasons(details), reasons: details.map(toReason) };
  const plain = { detail: 'the request is not permitted' };
  const said = { ...(isExplained && details.length > 0 ? explained : plain), code: effect };
  return createRefusalReply(
    isStepUp ? 401 : 403,
    evaluation,
    { ...said, ...approval },
    isStepUp ? { 'www-authenticate': formatStepUpChallenge(stepUp.properties) } : {},
  );
}

function createRefusalReply(
  status: Refusal['status'],
  evaluation: Evaluation | undefined,
  said: object,
  headers: Readonly<Record<string, string>> = {},
): Refusal {
  return {
    status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...headers,
    },
    body: formatBody({ title: titles[status], status, ...said }),
    evaluation,
  };
}

function formatReasons(details: readonly AuthZenReason[]): string {
  const reasonDetails = details.map(({ id, message, unknown = [] }) => ({ id, message, unknown }));
  return explainAnswer({ reasonDetails, error: undefined });
}

function toReason({ id, message }: AuthZenReason) {
  return message === undefined ? { id } : { id, message };
}

/** RFC 9470, section 3. */
function formatStepUpChallenge(properties: unknown): string {
  const { acr_value: acr, max_age: age } = isMembers(properties) ? properties : {};
  return [
    'Bearer error="insufficient_user_authentication"',
    ...(typeof acr === 'string' ? [`acr_values="${escapeQuoted(acr)}"`] : []),
    ...(typeof age === 'number' ? [`max_age="${age}"`] : []),
  ].join(', ');
}

/** The characters that a quoted string of a header may contain as they are. */
function escapeQuoted(text: string): string {
  return text.replace(/[^\x20-\x7e]|["\\]/g, '');
}

/** JSON; an integer that a double does not represent becomes a string. */
export function formatBody(value: unknown): string {
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? `${each}` : each));
}

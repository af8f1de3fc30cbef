// The texts that the responses of all policies contain, by the names of their constants in policy/layout.ts of the
// assembly library.

import { type EffectName, effects } from '@nhipol/runtime/abi';

export const responseTexts = {
  TEXT_ID: '{"id":',
  TEXT_MESSAGE: ',"message":"',
  TEXT_UNKNOWN_VALUE: '(unknown)',
  TEXT_FIRED: ',"fired_on":"true"',
  TEXT_UNKNOWN: ',"fired_on":"unknown"',
  TEXT_UNKNOWN_PATHS: ',"unknown":[',
  TEXT_COLUMN: ',"column":',
  TEXT_END_SOURCE: '}}',
  TEXT_DETAILS: '],"reason_details":[',
  TEXT_CONSTRAINTS: ',"constraints":{',
  TEXT_LOWER: ',"lower":{',
  TEXT_FIRST_OBLIGATION: ',"obligations":[{"id":"obl-',
  TEXT_NEXT_OBLIGATION: ',{"id":"obl-',
  TEXT_ACCESS_REQUEST: ',"access_request":{',
  TEXT_EXPIRES_AT: '"expires_at":"',
  TEXT_END_ACCESS_REQUEST: '"},"reason":',
  TEXT_EVALUATED_AT: ',"evaluated_at":"',
  TEXT_VALID_UNTIL: ',"valid_until":"',
  TEXT_READ: ',"read":[',
  TEXT_SINGLE_USE: ',"single_use":true',
  TEXT_CALL_DIGEST: ',"call_digest":"',
  TEXT_ERROR: ',"error":{"code":"',
  TEXT_PATH: '","path":"',
  TEXT_EXPECTED: '","expected":"',
  TEXT_FOUND: '","found":"',
  TEXT_OFFSET: '","offset":',
  TEXT_END_ERROR: '}',
  TEXT_END: '}}',
  TEXT_DEFAULT_DENY: writeBuiltinReason('default_deny'),
  TEXT_INVALID_REQUEST: writeBuiltinReason('invalid_request'),
  TEXT_CLOCK_WENT_BACK: writeBuiltinReason('clock_went_back'),
  TEXT_REVOKED_BEFORE: writeBuiltinReason('revoked_before', 'revoke'),
  TEXT_ENGINE_ERROR: writeBuiltinReason('engine_error'),
  TEXT_OF_TABLES: ' bytes of tables',
} as const;

/** The start of the response of each effect, up to its reasons. */
export const heads = effects.map((effect) => {
  const decision = effect === 'permit' || effect === 'narrow';
  return `{"decision":${decision},"context":{"effect":"${effect}","reasons":[`;
});

export const effectTexts = effects.map((effect) => `,"effect":"${effect}"`);

/** The id of the reason of an answer that no rule determined, and its details. */
function writeBuiltinReason(id: string, effect: EffectName = 'deny'): string {
  return `"${id}"],"reason_details":[{"id":"${id}","effect":"${effect}","fired_on":"true"}]`;
}

/** A text as in a JSON string, without quotes. */
export function escapeJsonText(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

// Masks the secret members in a timeline, which contains the recorded changes and payloads of signals.

import type { Policy } from '../../language/index.ts';
import { type Json, jsonOf, toJsonValue } from '../../language/request/json.ts';
import { hasSecrets, maskPayload, maskRequest } from '../../language/secrets/mask-request.ts';
import type { Members } from '../generate/request-parts.ts';
import type { Cause, Happening, Timeline } from './timeline.ts';

export function maskTimeline(policy: Policy, timeline: Timeline): Timeline {
  if (!hasSecrets(policy)) return timeline;
  const masked = (happening: Happening) => ({
    ...happening,
    cause: maskCause(policy, happening.cause),
  });
  return {
    ...timeline,
    happenings: timeline.happenings.map(masked),
    ahead: timeline.ahead.map(masked),
  };
}

function maskCause(policy: Policy, cause: Cause): Cause {
  const within = (members: Members, mask: (json: Json) => Json) =>
    toJsonValue(mask(jsonOf(members))) as Members;
  if (cause.kind === 'patch' || cause.kind === 'replace')
    return { ...cause, part: within(cause.part, (part) => maskRequest(policy, part)) };
  if (cause.kind !== 'signal') return cause;
  const { name, payload } = cause;
  return { ...cause, payload: within(payload, (json) => maskPayload(policy, name, json)) };
}

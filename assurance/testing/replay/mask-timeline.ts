// Masks the secret members in a timeline, which contains the recorded changes and payloads of signals.

import {
  hasSecrets,
  type Json,
  maskPayload,
  maskRequest,
  maskValues,
  toJsonValue,
  toParsedJson,
} from '@nhipol/language';
import type { PolicyModel } from '@nhipol/language/model';
import type { Manifest } from '@nhipol/runtime/abi';
import type { JsonMembers } from '../generate/request-parts.ts';
import type { Happening, HappeningCause, Timeline } from './timeline.ts';

interface Masks {
  readonly part: (json: Json) => Json;
  readonly payload: (json: Json, signal: string) => Json;
}

export function maskTimeline(policy: PolicyModel, timeline: Timeline): Timeline {
  if (!hasSecrets(policy)) return timeline;
  return maskHappenings(timeline, {
    part: (json) => maskRequest(policy, json),
    payload: (json, signal) => maskPayload(policy, signal, json),
  });
}

/** Masks all changes and payloads if a module reads secret members: its schema does not name the subject types. */
export function maskTimelineOfModule({ schema, sessions }: Manifest, timeline: Timeline): Timeline {
  if (!marksSecret([schema, sessions?.payloads])) return timeline;
  return maskHappenings(timeline, {
    part: (json) => maskValues(json),
    payload: (json) => maskValues(json),
  });
}

/** Whether a part of the JSON Schema is `writeOnly`. */
function marksSecret(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false;
  if ('writeOnly' in schema && schema.writeOnly === true) return true;
  return Object.values(schema).some(marksSecret);
}

function maskHappenings(timeline: Timeline, masks: Masks): Timeline {
  const of = (happening: Happening) => ({ ...happening, cause: maskCause(happening.cause, masks) });
  return {
    ...timeline,
    happenings: timeline.happenings.map(of),
    ahead: timeline.ahead.map(of),
  };
}

function maskCause(cause: HappeningCause, masks: Masks): HappeningCause {
  const within = (members: JsonMembers, mask: (json: Json) => Json) =>
    toJsonValue(mask(toParsedJson(members))) as JsonMembers;
  if (cause.kind === 'patch' || cause.kind === 'replace')
    return { ...cause, part: within(cause.part, masks.part) };
  if (cause.kind !== 'signal') return cause;
  const { name, payload } = cause;
  return { ...cause, payload: within(payload, (json) => masks.payload(json, name)) };
}

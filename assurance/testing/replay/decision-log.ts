// Reads a line of a decision log: takes strict JSON and returns what it records, or the first error. Secret members are
// masked in such a log; they are left out, so that they are unknown, and their paths are returned.

import { type Json, spellJsonPath } from '@nhipol/language';
import type { JsonValue } from '@nhipol/runtime/abi';
import { isJsonMembers, type JsonMembers } from '../generate/request-parts.ts';
import {
  describeFound,
  expectInstant,
  expectMembers,
  expectRecordedObject,
  expectSessionId,
  type LineFault,
  parseLineJson,
  throwUnexpected,
  tryReading,
} from './line-json.ts';
import type { ReplayedApproval } from './log-line.ts';

/** The record of a line. Kinds of lines that only inform are `other`. */
export type DecisionLogEntry = Recorded & {
  /** From 1. */
  readonly line: number;
  /** Milliseconds since the epoch. */
  readonly at: bigint;
  readonly session: string;
  /** The digest of the policy, or `undefined` if the line has none. */
  readonly policyDigest: string | undefined;
  /** The paths of members that are left out, because they are masked. */
  readonly masked: readonly MemberPath[];
};

/** The names of members from the request or payload on. */
export type MemberPath = readonly string[];

export type Recorded =
  | { readonly kind: 'opened'; readonly request: JsonMembers }
  /** `parts`: those of the request that changed, each as a whole. */
  | { readonly kind: 'changed'; readonly parts: JsonMembers }
  | RecordedDecision
  | ({ readonly kind: 'event' } & ReplayedEvent)
  | { readonly kind: 'events'; readonly events: readonly ReplayedEvent[] }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'approval';
      readonly callDigest: string;
      /** `approved`, `refused` or `expired`. */
      readonly answer: string;
      readonly approval: ReplayedApproval | undefined;
    }
  | { readonly kind: 'other'; readonly name: string };

export interface ReplayedEvent {
  readonly signal: string;
  readonly payload: JsonMembers;
  /** Whether each member of the payload is unknown. */
  readonly isPayloadUnknown?: true;
  /** When it occurred, in milliseconds since the epoch, or `undefined` for the time when it was recorded. */
  readonly time: bigint | undefined;
}

export interface RecordedDecision {
  readonly kind: 'decision';
  /** Why the policy was evaluated: `request`, `approval`, or something that happened while the call ran. */
  readonly trigger: string;
  readonly request: JsonMembers;
  /** How the decision took effect: `passed`, `lowered`, `refused`, `stopped`, `asked` or `observed`. */
  readonly enforcement: string;
  readonly callDigest: string | undefined;
  readonly approval: ReplayedApproval | undefined;
  /** Whether the request was invalid, so that no rule was evaluated. */
  readonly isInvalid: boolean;
  readonly effect: string;
  /** The digest that an approval of a challenged call is for. */
  readonly challengeDigest: string | undefined;
  /** The reasons that are not rules of the policy, such as `state_unavailable`. */
  readonly hostReasons: readonly string[];
  /** Whether the request was refused for a single surrogate, so that its text is another one here. */
  readonly hadLoneSurrogate: boolean;
}

/** An entry contains a request, and what was answered. */
const maxEntryBytes = 16 * 1024 * 1024;
const format = 'nhipol-log/1';
const formatPrefix = new TextEncoder().encode(`{"format":"${format}"`);
/** The mask of a secret value, see `service/engine/declared.ts`. */
const maskForm = /^secret:[0-9a-f]{12}$/;

/** Whether a line is one of a decision log. Each of them begins with its format. */
export function isOfDecisionLog(bytes: Uint8Array): boolean {
  return formatPrefix.every((byte, index) => bytes[index] === byte);
}

export function readDecisionLogLine(bytes: Uint8Array, line: number): DecisionLogEntry | LineFault {
  return tryReading(line, () => {
    const members = expectMembers(parseLineJson(bytes, maxEntryBytes, 'replace'), '$', 'an object');
    const of = (name: string) => members.find((member) => member.name === name)?.value;
    if (expectText(of, 'format') !== format) {
      throwUnexpected('$.format', `"${format}"`, 'another format');
    }
    const masked: MemberPath[] = [];
    const recorded = parseRecorded(of, masked);
    return {
      line,
      at: expectInstant(of('time'), '$.time'),
      session: expectSessionId(of('session')),
      policyDigest: readDigest(of('policy')),
      masked,
      ...recorded,
    };
  });
}

type Find = (name: string) => Json | undefined;

function parseRecorded(of: Find, masked: MemberPath[]): Recorded {
  const kind = expectText(of, 'kind');
  const visible = (name: string) =>
    withoutMasks(expectRecordedObject(of(name), `$.${name}`, `the ${name}`), masked);
  switch (kind) {
    case 'opened':
      return { kind, request: visible('request') };
    case 'decision': {
      const approval = of('approval');
      const { context } = expectRecordedObject(of('response'), '$.response', 'the response');
      const answered = context !== undefined && isJsonMembers(context) ? context : {};
      return {
        kind,
        trigger: expectText(of, 'trigger'),
        request: visible('request'),
        enforcement: expectText(of, 'enforcement'),
        callDigest: of('call_digest') === undefined ? undefined : expectText(of, 'call_digest'),
        approval: approval && parseApproval(approval),
        isInvalid: answered.error !== undefined,
        effect: expectText(of, 'effect'),
        challengeDigest:
          typeof answered.call_digest === 'string' ? answered.call_digest : undefined,
        hostReasons: readHostReasons(answered.reason_details),
        hadLoneSurrogate: readErrorCode(answered.error) === 'lone_surrogate',
      };
    }
    case 'changed':
      return { kind, parts: visible('request') };
    case 'event':
      return { kind, ...readEvent(of, '$', masked) };
    case 'events':
      return { kind, events: readEvents(of('events'), masked) };
    case 'closed':
      return { kind };
    case 'approval': {
      const approval = of('approval');
      return {
        kind,
        callDigest: expectText(of, 'call_digest'),
        answer: expectText(of, 'answer'),
        approval: approval && parseApproval(approval),
      };
    }
    default:
      return { kind: 'other', name: kind };
  }
}

function readEvents(json: Json | undefined, masked: MemberPath[]): readonly ReplayedEvent[] {
  if (json?.kind !== 'array') return throwUnexpected('$.events', 'an array', describeFound(json));
  return json.elements.map((element, index) => {
    const path = `$.events[${index}]`;
    const members = expectMembers(element, path, 'an event');
    return readEvent((name) => members.find((member) => member.name === name)?.value, path, masked);
  });
}

function readEvent(of: Find, path: string, masked: MemberPath[]): ReplayedEvent {
  const payload = expectRecordedObject(of('payload'), `${path}.payload`, 'the payload');
  const time = of('occurred_at');
  return {
    signal: expectText(of, 'signal', path),
    payload: withoutMasks(payload, masked),
    ...(of('payload_unknown') === undefined ? {} : { isPayloadUnknown: true }),
    time: time === undefined ? undefined : expectInstant(time, `${path}.occurred_at`),
  };
}

/** A rule has a place in the source. */
function readHostReasons(details: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(details)) return [];
  return details.flatMap((detail) =>
    isJsonMembers(detail) && detail.source === undefined && typeof detail.id === 'string'
      ? [detail.id]
      : [],
  );
}

function readErrorCode(error: JsonValue | undefined): JsonValue | undefined {
  return error !== undefined && isJsonMembers(error) ? error.code : undefined;
}

function readDigest(policy: Json | undefined): string | undefined {
  if (policy?.kind !== 'object') return undefined;
  const digest = policy.members.find(({ name }) => name === 'digest')?.value;
  return digest?.kind === 'string' ? digest.value : undefined;
}

function parseApproval(json: Json): ReplayedApproval {
  const members = expectMembers(json, '$.approval', 'an approval');
  const of = (name: string) => members.find((member) => member.name === name)?.value;
  const text = (name: string) => expectText(of, name, '$.approval');
  return {
    approver: of('approver') === undefined ? undefined : text('approver'),
    grantedAt: text('granted_at'),
    expiresAt: text('expires_at'),
  };
}

function expectText(of: Find, name: string, parent = '$'): string {
  const json = of(name);
  return json?.kind === 'string'
    ? json.value
    : throwUnexpected(spellJsonPath(parent, name), 'a string', describeFound(json));
}

/** A list with a masked element is left out as a whole: without the element it would be another list. */
function withoutMasks(
  members: JsonMembers,
  masked: MemberPath[],
  path: MemberPath = [],
): JsonMembers {
  const kept: [string, JsonValue][] = [];
  for (const [name, value] of Object.entries(members)) {
    const inner = [...path, name];
    if (isMasked(value)) masked.push(inner);
    else if (isJsonMembers(value)) kept.push([name, withoutMasks(value, masked, inner)]);
    else kept.push([name, value]);
  }
  return Object.fromEntries(kept);
}

function isMasked(value: JsonValue): boolean {
  if (typeof value === 'string') return maskForm.test(value);
  if (!Array.isArray(value)) return false;
  return value.some((each) => isMasked(each) || (isJsonMembers(each) && containsMask(each)));
}

function containsMask(members: JsonMembers): boolean {
  return Object.values(members).some(
    (member) => isMasked(member) || (isJsonMembers(member) && containsMask(member)),
  );
}

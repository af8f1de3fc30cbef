// Reads a line of a decision log: takes strict JSON and returns what it records, or the first error. Secret members are
// masked in such a log; they are left out, so that they are unknown, and their paths are returned.

import type { JsonValue } from '@nhipol/runtime/abi';
import { memberPath } from '../../language/index.ts';
import type { Json } from '../../language/request/json.ts';
import { isMembers, type Members } from '../generate/request-parts.ts';
import {
  expected,
  foundIn,
  idOf,
  instantOf,
  jsonIn,
  type LineFault,
  membersOf,
  reading,
  recordedObject,
} from './line-json.ts';
import type { GivenApproval } from './log-line.ts';

/** The record of a line. Kinds of lines that only inform are `other`. */
export type DecisionLogEntry = Recorded & {
  /** From 1. */
  readonly line: number;
  /** Milliseconds since the epoch. */
  readonly at: bigint;
  readonly session: string;
  /** The paths of members that are left out, because they are masked. */
  readonly masked: readonly MemberPath[];
};

/** The names of members from the request or payload on. */
export type MemberPath = readonly string[];

export type Recorded =
  | { readonly kind: 'opened'; readonly request: Members }
  | RecordedDecision
  | {
      readonly kind: 'event';
      readonly signal: string;
      readonly payload: Members;
      /** Whether each member of the payload is unknown. */
      readonly isPayloadUnknown?: true;
    }
  | { readonly kind: 'closed' }
  | {
      readonly kind: 'approval';
      readonly callDigest: string;
      /** `approved`, `refused` or `expired`. */
      readonly answer: string;
    }
  | { readonly kind: 'other'; readonly name: string };

export interface RecordedDecision {
  readonly kind: 'decision';
  /** Why the policy was evaluated: `request`, `approval`, or something that happened while the call ran. */
  readonly trigger: string;
  readonly request: Members;
  /** How the decision took effect: `passed`, `lowered`, `refused`, `stopped`, `asked` or `observed`. */
  readonly enforcement: string;
  readonly callDigest: string | undefined;
  readonly approval: GivenApproval | undefined;
  /** Whether the request was invalid, so that no rule was evaluated. */
  readonly isInvalid: boolean;
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
  return reading(line, () => {
    const members = membersOf(jsonIn(bytes, maxEntryBytes), '$', 'an object');
    const of = (name: string) => members.find((member) => member.name === name)?.value;
    if (textOf(of, 'format') !== format) {
      expected('$.format', `"${format}"`, 'another format');
    }
    const masked: MemberPath[] = [];
    const recorded = recordedIn(of, masked);
    return {
      line,
      at: instantOf(of('time'), '$.time'),
      session: idOf(of('session')),
      masked,
      ...recorded,
    };
  });
}

type Find = (name: string) => Json | undefined;

function recordedIn(of: Find, masked: MemberPath[]): Recorded {
  const kind = textOf(of, 'kind');
  const visible = (name: string) =>
    withoutMasks(recordedObject(of(name), `$.${name}`, `the ${name}`), masked);
  switch (kind) {
    case 'opened':
      return { kind, request: visible('request') };
    case 'decision': {
      const approval = of('approval');
      const { context } = recordedObject(of('response'), '$.response', 'the response');
      return {
        kind,
        trigger: textOf(of, 'trigger'),
        request: visible('request'),
        enforcement: textOf(of, 'enforcement'),
        callDigest: of('call_digest') === undefined ? undefined : textOf(of, 'call_digest'),
        approval: approval && approvalIn(approval),
        isInvalid: context !== undefined && isMembers(context) && context.error !== undefined,
      };
    }
    case 'event':
      return {
        ...{ kind, signal: textOf(of, 'signal'), payload: visible('payload') },
        ...(of('payload_unknown') === undefined ? {} : { isPayloadUnknown: true }),
      };
    case 'closed':
      return { kind };
    case 'approval':
      return { kind, callDigest: textOf(of, 'call_digest'), answer: textOf(of, 'answer') };
    default:
      return { kind: 'other', name: kind };
  }
}

function approvalIn(json: Json): GivenApproval {
  const members = membersOf(json, '$.approval', 'an approval');
  const of = (name: string) => members.find((member) => member.name === name)?.value;
  const text = (name: string) => textOf(of, name, '$.approval');
  return {
    approver: of('approver') === undefined ? undefined : text('approver'),
    grantedAt: text('granted_at'),
    expiresAt: text('expires_at'),
  };
}

function textOf(of: Find, name: string, parent = '$'): string {
  const json = of(name);
  return json?.kind === 'string'
    ? json.value
    : expected(memberPath(parent, name), 'a string', foundIn(json));
}

/** A list with a masked element is left out as a whole: without the element it would be another list. */
function withoutMasks(members: Members, masked: MemberPath[], path: MemberPath = []): Members {
  const kept: [string, JsonValue][] = [];
  for (const [name, value] of Object.entries(members)) {
    const inner = [...path, name];
    if (isMasked(value)) masked.push(inner);
    else if (isMembers(value)) kept.push([name, withoutMasks(value, masked, inner)]);
    else kept.push([name, value]);
  }
  return Object.fromEntries(kept);
}

function isMasked(value: JsonValue): boolean {
  if (typeof value === 'string') return maskForm.test(value);
  if (!Array.isArray(value)) return false;
  return value.some((each) => isMasked(each) || (isMembers(each) && containsMask(each)));
}

function containsMask(members: Members): boolean {
  return Object.values(members).some(
    (each) => isMasked(each) || (isMembers(each) && containsMask(each)),
  );
}

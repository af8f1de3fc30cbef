// Converts a decision log to the inputs of its sessions, so that it can be replayed, and to requests. What cannot be
// replayed is counted.

import { formatInstant } from '@nhipol/language/types';
import { stringify } from '@nhipol/runtime';
import { applyRequestChange, isJsonMembers, type JsonMembers } from '../generate/request-parts.ts';
import type { DecisionLogEntry, RecordedDecision, ReplayedEvent } from './decision-log.ts';
import type { ReplayLine, SessionInput } from './log-line.ts';
import { RecordedSession } from './recorded-session.ts';

/** Why an entry is not replayed. */
export type NotReplayed =
  | 'recheck'
  | 'refusal'
  | 'revocation'
  | 'policy'
  | 'unopened'
  | 'alone'
  | 'undecided'
  | 'undeclared'
  | 'unknown';

export interface ReplayableLog<Item> {
  readonly items: readonly Item[];
  readonly notReplayed: ReadonlyMap<NotReplayed, number>;
}

/** A decision that a caller requested; others are made again when a replay reaches their cause. */
export function isRequested({ trigger }: RecordedDecision): boolean {
  return trigger === 'request' || trigger === 'approval';
}

/** The reasons of denials that a session did not make: nothing of it becomes history. */
const undecided: ReadonlySet<string> = new Set([
  'no_session',
  'other_subject',
  'state_unavailable',
  'event_not_applied',
]);

function isUndecided({ hostReasons, hadLoneSurrogate }: RecordedDecision): boolean {
  return hadLoneSurrogate || hostReasons.some((reason) => undecided.has(reason));
}

/** `signals`: those that the policy declares. A session that is opened again while it is open gets the new facts. */
export function listSessionInputs(
  entries: readonly DecisionLogEntry[],
  signals: ReadonlySet<string>,
): ReplayableLog<ReplayLine> {
  const open = new Map<string, RecordedSession>();
  const counts = new Map<string, number>();
  for (const { session } of entries) counts.set(session, (counts.get(session) ?? 0) + 1);
  return convertEntries(entries, (entry) => {
    const { line, at, session } = entry;
    if (entry.kind === 'decision' && !open.has(session) && counts.get(session) === 1) {
      return ['alone'];
    }
    const inputs = toInputs(entry, open, signals);
    return inputs.map((input) => {
      if (typeof input !== 'object') return input;
      return { line, at, session, input, isSkippable: true } as const;
    });
  });
}

function toInputs(
  entry: DecisionLogEntry,
  open: Map<string, RecordedSession>,
  signals: ReadonlySet<string>,
): readonly (SessionInput | NotReplayed)[] {
  if (entry.kind === 'other') return [toNotReplayed(entry.name)];
  const session = open.get(entry.session);
  if (entry.kind === 'opened') {
    const { request } = entry;
    if (session === undefined) open.set(entry.session, new RecordedSession(request));
    else session.replace(request);
    return [session === undefined ? { kind: 'open', request } : { kind: 'replace', part: request }];
  }
  if (session === undefined) return entry.kind === 'approval' ? [] : ['unopened'];
  switch (entry.kind) {
    case 'approval':
      // It takes effect in the decision that uses it.
      session.approve(entry);
      return [];
    case 'closed':
      open.delete(entry.session);
      return [{ kind: 'close' }];
    case 'changed':
      session.replace(entry.parts);
      return [{ kind: 'replace', part: entry.parts }];
    case 'event':
      return [toSignal(entry, signals)];
    case 'events':
      return entry.events.map((event) => toSignal(event, signals));
    case 'decision':
      if (!isRequested(entry)) return ['recheck'];
      return [isUndecided(entry) ? 'undecided' : session.decide(entry)];
  }
}

function toSignal(
  { signal: name, payload, isPayloadUnknown, time }: ReplayedEvent,
  signals: ReadonlySet<string>,
): SessionInput | NotReplayed {
  if (!signals.has(name)) return 'undeclared';
  const unknown = isPayloadUnknown ? { isPayloadUnknown } : {};
  return { kind: 'signal', name, payload, time, ...unknown };
}

/** A requested decision as a request with the facts of its session. */
export interface RecordedRequest {
  readonly line: number;
  readonly request: Uint8Array;
  readonly entry: DecisionLogEntry & RecordedDecision;
}

/**
 * Each request has the facts and the time of its decision and, if there was one, the approval that permitted it: its line
 * has the facts of its session.
 */
export function listRecordedRequests(
  entries: readonly DecisionLogEntry[],
): ReplayableLog<RecordedRequest> {
  const opened = new Map<string, JsonMembers>();
  return convertEntries(entries, (entry) => {
    if (entry.kind === 'other') return [toNotReplayed(entry.name)];
    if (entry.kind === 'opened') opened.set(entry.session, entry.request);
    if (entry.kind !== 'decision') return [];
    if (!isRequested(entry)) return ['recheck'];
    if (isUndecided(entry)) return ['undecided'];
    const decidedJsonMembers = withStatedValues(entry.request, opened.get(entry.session) ?? {});
    const request = applyRequestChange(decidedJsonMembers, {
      part: { context: { ...toApprovalFacts(entry), time: formatInstant(entry.at) } },
      replaced: [],
    });
    return [{ line: entry.line, request: new TextEncoder().encode(stringify(request)), entry }];
  });
}

/**
 * A session stores an empty list for a value that is not usable, such as a number beyond every range: the value is the one
 * with which it was opened.
 */
function withStatedValues(request: JsonMembers, opened: JsonMembers): JsonMembers {
  const entries = Object.entries(request).map(([name, value]) => {
    const stated = opened[name];
    if (stated === undefined) return [name, value] as const;
    if (isJsonMembers(value) && isJsonMembers(stated))
      return [name, withStatedValues(value, stated)] as const;
    const isUnusable = Array.isArray(value) && value.length === 0 && !Array.isArray(stated);
    return [name, isUnusable ? stated : value] as const;
  });
  return Object.fromEntries(entries);
}

/** The digest is that of the whole call, which the request does not contain. */
function toApprovalFacts({ approval, callDigest: digest }: RecordedDecision): JsonMembers {
  if (approval === undefined || digest === undefined) return {};
  const { approver, grantedAt, expiresAt } = approval;
  const by = approver === undefined ? {} : { approver };
  const granted = { digest, granted_at: grantedAt, expires_at: expiresAt, ...by };
  return { call_digest: digest, approvals: [granted] };
}

function convertEntries<Item extends object>(
  entries: readonly DecisionLogEntry[],
  convert: (entry: DecisionLogEntry) => readonly (Item | NotReplayed)[],
): ReplayableLog<Item> {
  const items: Item[] = [];
  const notReplayed = new Map<NotReplayed, number>();
  for (const entry of entries) {
    for (const found of convert(entry)) {
      if (typeof found === 'object') items.push(found);
      else notReplayed.set(found, (notReplayed.get(found) ?? 0) + 1);
    }
  }
  return { items, notReplayed };
}

function toNotReplayed(kind: string): NotReplayed {
  return kind === 'refusal' || kind === 'revocation' || kind === 'policy' ? kind : 'unknown';
}

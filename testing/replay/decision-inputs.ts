// Converts a decision log to the inputs of its sessions, so that it can be replayed, and to requests. What cannot be
// replayed is counted.

import { stringify } from '@nhipol/runtime';
import { formatInstant } from '../../language/types/time/instant.ts';
import { asking, changed, type Members } from '../generate/request-parts.ts';
import type { DecisionLogEntry, RecordedDecision } from './decision-log.ts';
import type { LogLine, SessionInput } from './log-line.ts';

/** Why an entry is not replayed. */
export type NotReplayed =
  | 'recheck'
  | 'refusal'
  | 'revocation'
  | 'policy'
  | 'unopened'
  | 'alone'
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

/** `signals`: those that the policy declares. A session that is opened again while it is open gets the new facts. */
export function sessionInputs(
  entries: readonly DecisionLogEntry[],
  signals: ReadonlySet<string>,
): ReplayableLog<LogLine> {
  const open = new Set<string>();
  const counts = new Map<string, number>();
  for (const { session } of entries) counts.set(session, (counts.get(session) ?? 0) + 1);
  return converted(entries, (entry) => {
    const { line, at, session } = entry;
    if (entry.kind === 'decision' && !open.has(session) && counts.get(session) === 1)
      return 'alone';
    const input = inputOf(entry, open, signals);
    if (typeof input !== 'object') return input;
    if (input.kind === 'open') open.add(session);
    if (input.kind === 'close') open.delete(session);
    return { line, at, session, input, isSkippable: true } as const;
  });
}

function inputOf(
  entry: DecisionLogEntry,
  open: ReadonlySet<string>,
  signals: ReadonlySet<string>,
): SessionInput | NotReplayed | undefined {
  if (entry.kind === 'other') return reasonOf(entry.name);
  // It takes effect in the decision that uses it.
  if (entry.kind === 'approval') return undefined;
  if (entry.kind === 'opened') {
    const { request } = entry;
    return open.has(entry.session) ? { kind: 'replace', part: request } : { kind: 'open', request };
  }
  if (!open.has(entry.session)) return 'unopened';
  switch (entry.kind) {
    case 'closed':
      return { kind: 'close' };
    case 'event': {
      const { signal: name, payload } = entry;
      if (!signals.has(name)) return 'undeclared';
      const unknown = entry.isPayloadUnknown ? { isPayloadUnknown: true as const } : {};
      return { ...{ kind: 'signal', name, payload, time: undefined }, ...unknown };
    }
    case 'decision': {
      if (!isRequested(entry)) return 'recheck';
      const { subject: _, ...query } = entry.request;
      const { approval } = entry;
      return { kind: 'decide', query, ...(approval === undefined ? {} : { approval }) };
    }
  }
}

/** A requested decision as a request with the facts of its session. */
export interface RecordedRequest {
  readonly line: number;
  readonly request: Uint8Array;
}

/**
 * Each request has the time of its decision and, if there was one, the approval that permitted it. A decision outside of
 * sessions, or of one that was opened before the log begins, has all of its facts in its own request.
 */
export function recordedRequests(
  entries: readonly DecisionLogEntry[],
): ReplayableLog<RecordedRequest> {
  const facts = new Map<string, Members>();
  return converted(entries, (entry) => {
    if (entry.kind === 'other') return reasonOf(entry.name);
    if (entry.kind === 'opened') facts.set(entry.session, entry.request);
    if (entry.kind !== 'decision') return undefined;
    if (!isRequested(entry)) return 'recheck';
    const { subject: _, ...query } = entry.request;
    const known = facts.get(entry.session);
    const whole = known === undefined ? entry.request : changed(known, asking(query));
    const request = changed(whole, {
      part: { context: { ...approved(entry), time: formatInstant(entry.at) } },
      replaced: [],
    });
    return { line: entry.line, request: new TextEncoder().encode(stringify(request)) };
  });
}

/** The digest is that of the whole call, which the request does not contain. */
function approved({ approval, callDigest: digest }: RecordedDecision): Members {
  if (approval === undefined || digest === undefined) return {};
  const { approver, grantedAt, expiresAt } = approval;
  const by = approver === undefined ? {} : { approver };
  const granted = { digest, granted_at: grantedAt, expires_at: expiresAt, ...by };
  return { call_digest: digest, approvals: [granted] };
}

function converted<Item extends object>(
  entries: readonly DecisionLogEntry[],
  convert: (entry: DecisionLogEntry) => Item | NotReplayed | undefined,
): ReplayableLog<Item> {
  const items: Item[] = [];
  const notReplayed = new Map<NotReplayed, number>();
  for (const entry of entries) {
    const found = convert(entry);
    if (typeof found === 'object') items.push(found);
    else if (found !== undefined) notReplayed.set(found, (notReplayed.get(found) ?? 0) + 1);
  }
  return { items, notReplayed };
}

function reasonOf(kind: string): NotReplayed {
  return kind === 'refusal' || kind === 'revocation' || kind === 'policy' ? kind : 'unknown';
}

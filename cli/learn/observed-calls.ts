// Collects the calls that a policy is learned from: takes the entries of a decision log and returns the calls that took
// effect, and how many did not count.

import { isMembers } from '@nhipol/runtime/abi';
import { isRequested } from '../../testing/replay/decision-inputs.ts';
import type {
  DecisionLogEntry,
  MemberPath,
  RecordedDecision,
} from '../../testing/replay/decision-log.ts';

type Members = Readonly<Record<string, unknown>>;

export interface ObservedCall {
  /** The name of the action. */
  readonly action: string;
  /** The type of the subject. */
  readonly subject: string;
  /** The properties of the action that the log contains. */
  readonly properties: Members;
  /** The paths of properties that are masked. */
  readonly masked: readonly MemberPath[];
  /** The date in UTC. */
  readonly day: string;
  /** Whether an approval permitted it. */
  readonly isApproved: boolean;
}

export interface ObservedCalls {
  readonly calls: readonly ObservedCall[];
  /** Calls that failed, were stopped while they ran, or did not reach the server. */
  readonly refused: number;
  readonly failed: number;
  /** Requests that no policy can permit. */
  readonly invalid: number;
}

interface Pending {
  readonly call: ObservedCall;
  readonly key: string;
  isFailed: boolean;
}

/** `includeRefused`: calls that were refused or failed count, too. */
export function observedCalls(
  entries: readonly DecisionLogEntry[],
  includeRefused: boolean,
): ObservedCalls {
  const calls: Pending[] = [];
  /** The calls of each session that have no outcome yet. */
  const running = new Map<string, Pending[]>();
  let [refused, invalid] = [0, 0];
  for (const entry of entries) {
    if (entry.kind === 'event' || (entry.kind === 'decision' && !isRequested(entry))) {
      end(running.get(entry.session) ?? [], entry);
      continue;
    }
    if (entry.kind !== 'decision') continue;
    if (entry.isInvalid) {
      invalid += 1;
      continue;
    }
    const isRefused = entry.enforcement === 'refused';
    if (isRefused) refused += 1;
    if (isRefused && !includeRefused) continue;
    const call = callOf(entry);
    const pending = { call, key: keyOf(entry.request.action), isFailed: false };
    calls.push(pending);
    if (!isRefused) running.set(entry.session, [...(running.get(entry.session) ?? []), pending]);
  }
  const failed = calls.filter(({ isFailed }) => isFailed).length;
  const counted = calls.filter(({ isFailed }) => includeRefused || !isFailed);
  return { calls: counted.map(({ call }) => call), refused, failed, invalid };
}

/** An outcome, or a decision that stopped a call, is about the latest call with the same action. */
function end(running: Pending[], entry: DecisionLogEntry): void {
  const isFailure =
    entry.kind === 'event' ? entry.signal === 'failed' : isStop(entry as RecordedDecision);
  const isOutcome = entry.kind === 'event' && entry.signal === 'completed';
  if (!isFailure && !isOutcome) return;
  const action =
    entry.kind === 'event' ? entry.payload.action : (entry as RecordedDecision).request.action;
  const key = keyOf(action);
  const index = running.findLastIndex((pending) => pending.key === key);
  const [ended] = index < 0 ? [] : running.splice(index, 1);
  if (ended !== undefined) ended.isFailed = isFailure;
}

function isStop({ enforcement }: RecordedDecision): boolean {
  return enforcement === 'stopped';
}

function keyOf(action: unknown): string {
  return JSON.stringify(action) ?? '';
}

function callOf(entry: DecisionLogEntry & RecordedDecision): ObservedCall {
  const { subject, action } = entry.request;
  const properties = isMembers(action) ? action.properties : undefined;
  return {
    action: isMembers(action) ? String(action.name) : '',
    subject: isMembers(subject) ? String(subject.type) : '',
    properties: isMembers(properties) ? properties : {},
    masked: entry.masked
      .filter(([part, member]) => part === 'action' && member === 'properties')
      .map((path) => path.slice(2)),
    day: new Date(Number(entry.at)).toISOString().slice(0, 10),
    isApproved: entry.approval !== undefined,
  };
}

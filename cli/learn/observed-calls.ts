// Collects the calls that a policy is learned from: takes the entries of a decision log and returns the calls that took
// effect, and how many did not count.

import { stringify } from '@nhipol/runtime';
import { isMembers } from '@nhipol/runtime/abi';
import {
  type DecisionLogEntry,
  isRequested,
  type MemberPath,
  type RecordedDecision,
} from '@nhipol/testing/replay';

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
  /** Its action, as outcomes repeat it. */
  readonly key: string;
  isFailed: boolean;
}

/** `includeRefused`: calls that were refused or failed count, too. */
export function collectObservedCalls(
  entries: readonly DecisionLogEntry[],
  includeRefused: boolean,
): ObservedCalls {
  const collector = new Collector(includeRefused);
  for (const entry of entries) collector.add(entry);
  return collector.result();
}

class Collector {
  readonly #includeRefused: boolean;
  readonly #calls: Pending[] = [];
  /** The calls of each session that have no outcome yet. */
  readonly #running = new Map<string, Pending[]>();
  /** Calls that the agent asks its user about, by session and digest. */
  readonly #asked = new Map<string, ObservedCall>();
  #refused = 0;
  #invalid = 0;

  constructor(includeRefused: boolean) {
    this.#includeRefused = includeRefused;
  }

  add(entry: DecisionLogEntry): void {
    const { session } = entry;
    switch (entry.kind) {
      case 'decision':
        if (isRequested(entry)) this.#addDecision(entry);
        else if (entry.enforcement === 'stopped')
          this.#endCall(session, entry.request.action, true);
        break;
      case 'event':
        if (entry.signal === 'completed' || entry.signal === 'failed')
          this.#endCall(session, entry.payload.action, entry.signal === 'failed');
        break;
      case 'approval': {
        const key = `${session} ${entry.callDigest}`;
        const observedCall = this.#asked.get(key);
        if (observedCall === undefined || entry.answer !== 'approved') break;
        this.#asked.delete(key);
        this.#took(session, { ...observedCall, isApproved: true });
        break;
      }
    }
  }

  result(): ObservedCalls {
    const unanswered = this.#includeRefused ? [...this.#asked.values()] : [];
    const failed = this.#calls.filter(({ isFailed }) => isFailed).length;
    const counted = this.#calls.filter(({ isFailed }) => this.#includeRefused || !isFailed);
    return {
      calls: [...counted.map(({ call }) => call), ...unanswered],
      refused: this.#refused + this.#asked.size,
      failed,
      invalid: this.#invalid,
    };
  }

  #addDecision(entry: DecisionLogEntry & RecordedDecision): void {
    const { session, enforcement, callDigest } = entry;
    if (entry.isInvalid) this.#invalid += 1;
    else if (tookEffect.has(enforcement)) this.#took(session, toObservedCall(entry));
    else if (enforcement === 'asked')
      this.#asked.set(`${session} ${callDigest}`, toObservedCall(entry));
    else {
      this.#refused += 1;
      if (this.#includeRefused) this.#took(session, toObservedCall(entry));
    }
  }

  #took(session: string, call: ObservedCall): void {
    const pending = {
      call,
      key: makeActionKey({ name: call.action, properties: call.properties }),
      isFailed: false,
    };
    this.#calls.push(pending);
    const running = this.#running.get(session);
    if (running === undefined) this.#running.set(session, [pending]);
    else running.push(pending);
  }

  /** An outcome, or a decision that stopped a call, is about the latest call with the same action. */
  #endCall(session: string, action: unknown, isFailed: boolean): void {
    const running = this.#running.get(session) ?? [];
    const key = makeActionKey(action);
    const index = running.findLastIndex((pending) => pending.key === key);
    const [ended] = index < 0 ? [] : running.splice(index, 1);
    if (ended !== undefined) ended.isFailed = isFailed;
  }
}

const tookEffect: ReadonlySet<string> = new Set(['passed', 'lowered', 'observed']);

function makeActionKey(action: unknown): string {
  const { name, properties = {} } = isMembers(action) ? action : {};
  return stringify([name, properties]);
}

function toObservedCall(entry: DecisionLogEntry & RecordedDecision): ObservedCall {
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

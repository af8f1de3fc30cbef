// The lines of a decision log, the same for every entry point. `entry-schema.ts` describes them as JSON Schema. Names
// are those of AuthZEN, and `request` and `response` are an AuthZEN request and response.

import type { AuthZenResponse } from '@nhipol/runtime';

/** While this is the format of a log, members are only added. */
export const logFormat = 'nhipol-log/1';

export type EntryPoint = 'guard' | 'hook' | 'serve' | 'middleware';

/** Why the policy was evaluated. */
export type Trigger = 'request' | 'time' | 'event' | 'policy' | 'approval' | 'revocation';

/**
 * How a decision took effect: the call was passed on, passed on with lower values, refused, or stopped while it ran.
 * `asked`: the agent asks its own user, and carries the call out if the user agrees. `observed`: it was passed on although
 * it was not permitted, because nothing is enforced.
 */
export type Enforcement = 'passed' | 'lowered' | 'refused' | 'stopped' | 'asked' | 'observed';

export interface LoggedPolicy {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the module. */
  readonly digest: string;
}

export interface LoggedApproval {
  readonly id: string;
  readonly channel: string;
  readonly approver?: string;
  readonly granted_at: string;
  readonly expires_at: string;
}

/** The members that every line has, besides the members of its kind. */
interface Common {
  readonly entry_point: EntryPoint;
  /** Whose call, event or command caused the line, in the lines of a service: see `SessionCaller`. */
  readonly caller?: string;
  /** The id of the session. */
  readonly session: string;
  readonly policy: LoggedPolicy;
}

interface OpenedEntry extends Common {
  readonly kind: 'opened';
  /** The facts that the session opens with. Secret members are masked. */
  readonly request: object;
  readonly mode: 'enforce' | 'observe';
}

/** The facts of a session changed: by its host, or because of an event about its subject. */
interface ChangedEntry extends Common {
  readonly kind: 'changed';
  /** The parts of its request that are other ones now, each as a whole. Secret members are masked. */
  readonly request: object;
}

interface DecisionEntry extends Common {
  readonly kind: 'decision';
  readonly mode: 'enforce' | 'observe';
  readonly trigger: Trigger;
  /** W3C trace context, version 00: the id of the trace. */
  readonly trace_id?: string;
  /** The declared members of the request. Secret members are masked. */
  readonly request: object;
  /** SHA-256 of the whole call, with members that the policy does not declare. */
  readonly call_digest?: string;
  readonly effect: string;
  readonly decision: boolean;
  readonly response: AuthZenResponse;
  readonly enforcement: Enforcement;
  readonly approval?: LoggedApproval;
  /** The time to the decision, in microseconds. */
  readonly latency_us: number;
}

/** A signal, or the outcome of a call. */
export interface LoggedEvent {
  readonly signal: string;
  /** The declared members. Secret members are masked. */
  readonly payload: object;
  /** The payload did not fit the declaration of the signal: each of its members was recorded as unknown. */
  readonly payload_unknown?: true;
  /** RFC 3339. Absent: when it was recorded. */
  readonly occurred_at?: string;
}

/** An event of a session. */
interface EventEntry extends Common, LoggedEvent {
  readonly kind: 'event';
}

/** Earlier events about the subject of a session, which were recorded before anybody could use it. */
interface EventsEntry extends Common {
  readonly kind: 'events';
  readonly events: readonly LoggedEvent[];
}

/** Something was refused without a decision, because the message could not be read or its method is unknown. */
interface RefusalEntry extends Common {
  readonly kind: 'refusal';
  readonly reason: string;
}

interface ApprovalEntry extends Common {
  readonly kind: 'approval';
  readonly call_digest: string;
  readonly answer: 'approved' | 'refused' | 'expired';
  readonly approval?: LoggedApproval;
}

interface RevocationEntry extends Common {
  readonly kind: 'revocation';
  readonly reasons: readonly string[];
  readonly message?: string;
}

/** Another version of the policy was activated, or could not be. */
interface PolicyEntry extends Common {
  readonly kind: 'policy';
  readonly activated: boolean;
  readonly problem?: string;
}

interface ClosedEntry extends Common {
  readonly kind: 'closed';
}

export type LogEntry =
  | OpenedEntry
  | ChangedEntry
  | DecisionEntry
  | EventEntry
  | EventsEntry
  | RefusalEntry
  | ApprovalEntry
  | RevocationEntry
  | PolicyEntry
  | ClosedEntry;

/** A line as it is written: the entry with its id and time, and the digest of the line before. */
export type LogLine = LogEntry & {
  readonly format: typeof logFormat;
  readonly id: string;
  /** The id of the log. */
  readonly log: string;
  /** The number of the line in the log, from 1. */
  readonly number: number;
  /** RFC 3339 in UTC, with milliseconds. */
  readonly time: string;
  readonly prev: string;
};

// Where the engine stores what must survive a restart: revocations, approvals and the requests for them, and sessions.
// Several processes may share one store. All functions but those of `sessions` are synchronous: what they changed is
// durable when they return. They throw if the store cannot be used.

import type { SessionStore } from '@nhipol/runtime';
import type { Positions } from '../support/positions.ts';

/** Whose access is revoked: a subject, at one server, or everywhere. */
export interface RevocationScope {
  readonly subjectType: string;
  readonly subjectId: string;
  /** `undefined` for all servers. */
  readonly server: string | undefined;
}

export interface Revocation extends RevocationScope {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** The ids of the rules that revoked, or `revoked_by_operator`. */
  readonly reasons: readonly string[];
  readonly message: string | undefined;
}

/** How an approver agreed. `agent`: to a question of the agent itself; `service`: by a call of the service. */
export type ApprovalChannel = 'elicitation' | 'terminal' | 'command' | 'agent' | 'service';

/** The exact call that an approval is for: `digest` covers the subject, the action with all arguments, the resource. */
export interface ApprovalRequest {
  readonly id: string;
  readonly digest: string;
  /** The text for the approver: the action and its arguments, and why an approval is needed. */
  readonly summary: string;
  readonly reason: string;
  readonly subject: string;
  readonly requestedAt: number;
  readonly expiresAt: number;
}

export interface StoredApproval {
  readonly id: string;
  readonly digest: string;
  readonly channel: ApprovalChannel;
  readonly approver: string | undefined;
  readonly grantedAt: number;
  /** It can be used strictly before this instant. */
  readonly expiresAt: number;
  /**
   * The name of the subject that makes the call, or `undefined` if no revoke of a subject withdraws the approval by
   * itself.
   */
  readonly subject?: string | undefined;
}

/** Names a subject in requests for approvals and in approvals. */
export function formatSubject(type: string, id: string): string {
  return `${type} ${id}`;
}

export type ApprovalState = 'pending' | 'approved' | 'refused' | 'expired';

/** The number of calls of a subject that may wait for a person. */
export const maxWaiting = 20;

/** Approvals of requests without a session. Where the data are elsewhere, the functions return promises. */
export interface ApprovalStore {
  readonly approve: (approval: StoredApproval) => void | Promise<void>;
  /**
   * Uses up an approval of this call and returns it, or `undefined` if there is none that is unused and has not
   * expired: of several callers, in any process, one gets it. One that has expired for a caller stays so for all, also
   * if their clocks are slow: an instant before the latest one that any of them had counts as that one. `by`: who uses
   * it, which is not its approver.
   */
  readonly take: (
    digest: string,
    now: number,
    by?: string,
  ) => StoredApproval | undefined | Promise<StoredApproval | undefined>;
  /** Marks what has expired by now, which stays so; absent: the store does so by itself. */
  readonly expire?: (now: number) => void;
}

/** The names of what a service stores, whatever the name of its policy is: another version can have another name. */
export const serviceSessions = { snapshots: 'service', owners: 'service owners' } as const;

export interface SessionStores {
  /** The sessions under a name. */
  readonly sessions: (name: string) => SessionStore;
  /** Throws if what was stored can no longer be found where it was stored. */
  readonly expectInPlace?: () => void;
}

export interface Store extends ApprovalStore, SessionStores, Positions {
  /** Requests of the subject are refused, and unused approvals of them withdrawn. */
  readonly revoke: (revocation: Revocation) => void;
  /** The revocation that covers a subject at a server. */
  readonly revocationOf: (scope: RevocationScope) => Revocation | undefined;
  readonly revocations: () => readonly Revocation[];
  /** Returns whether there was such a revocation. */
  readonly lift: (scope: RevocationScope) => boolean;

  /**
   * Stores a request, and returns the id under which it waits: if one for the same call waits already, the id of that
   * one. Returns `undefined` if too many of the subject wait.
   */
  readonly request: (request: ApprovalRequest) => string | undefined;
  /** The requests that are neither answered nor expired, the oldest first. One that has expired stays so. */
  readonly pending: (now: number) => readonly ApprovalRequest[];
  readonly stateOf: (id: string) => ApprovalState | undefined;
  /** Returns whether the request waited, as does `approveRequest`: of several answers, the first one counts. */
  readonly refuse: (id: string) => boolean;
  /** The call of a request is not made any more: nobody can approve it. Returns whether the request waited. */
  readonly withdraw: (id: string) => boolean;
  /** Stores the approval if the request of its id is for its digest, and waits still. */
  readonly approveRequest: (approval: StoredApproval) => boolean;
  readonly approve: (approval: StoredApproval) => void;
  readonly take: (digest: string, now: number, by?: string) => StoredApproval | undefined;
  readonly expire: (now: number) => void;

  readonly expectInPlace: () => void;

  /**
   * Reserves the sessions under a name for this process, until the returned function is called: two processes that continue
   * them would each have a part of their history. Throws with the code `ELOCKED`, and names the process that has them.
   */
  readonly reserveSessions: (name: string) => () => void;

  /** A number that changes when another process changes the store. */
  readonly version: () => number;
  readonly close: () => void;
}

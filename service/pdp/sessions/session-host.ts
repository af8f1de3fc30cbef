// The sessions of a decision point, wherever they are: in this process, or divided among the nodes of a cluster.
// Operations reject with a `Problem`, and then nothing changed; decisions never reject.

import type { Answer, Clock, PolicyChange } from '@nhipol/runtime';
import type { PolicyModule } from '../../engine/policy-module.ts';
import type { Members } from '../../json/members.ts';
import type { LineWriter } from '../log/decision-lines.ts';
import type { Observer } from '../observer.ts';
import type { VouchedMember } from '../requests/vouched-facts.ts';
import type { SessionCaller } from './session-caller.ts';
import type { SessionListener } from './session-event.ts';
import type { SignalSessions } from './session-target.ts';

export type { RequestedEvent, SessionListener } from './session-event.ts';

export interface SessionHostOptions {
  readonly policy: () => PolicyModule;
  readonly clock: Clock;
  readonly lines: LineWriter;
  readonly maxSessions: number;
  /** A session without a request for this time is closed, in milliseconds. */
  readonly sessionIdle: number;
  readonly observer: Observer;
  readonly onWarning: (warning: string) => void;
}

/** The state of a session as callers see it. */
export interface SessionView {
  readonly id: string;
  readonly answer: Answer;
}

export interface SessionPage {
  readonly sessions: readonly SessionView[];
  /** Whether sessions with later ids are open. */
  readonly hasMore: boolean;
}

export interface GivenApproval {
  /** The digest of the call: `call_digest` of the challenge. */
  readonly digest: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
  readonly reference?: string | undefined;
}

/** The effect of another policy on the open sessions, before it is activated. */
export interface SessionsPreview {
  readonly sessions: number;
  readonly changes: readonly PolicyChange[];
  readonly activate: (by: SessionCaller) => void;
  /** Such as `42 permit → narrow, 955 as before`. */
  readonly toString: () => string;
}

/** A decision as it was made: facts and policy may be others when it is durable. */
interface DecidedRequest {
  readonly answer: Answer;
  /** The action with all facts that the session had. */
  readonly request: Members;
  /** `undefined` if another node decided. */
  readonly module: PolicyModule | undefined;
}

/** A session with the facts that the log may show. */
export interface SessionWithFacts extends SessionView {
  readonly facts: Members;
}

/** The parts of a request in a session besides its members. */
export interface QueryOptions {
  /** The facts of the service by the credential of the request. Default: there are none. */
  readonly vouched?: readonly VouchedMember[];
  readonly onDecided?: OnDecided | undefined;
}

/** Returns the answer that takes effect, such as a denial of a permit that could not be logged. */
export type OnDecided = (decidedRequest: DecidedRequest) => Answer;

export interface SessionHost {
  /** Opens the stored sessions, and stores changes from then on. */
  readonly restore: () => Promise<void>;
  /** The number of open sessions. */
  readonly size: number;
  /** Whether changes can be stored. While they cannot, nothing is permitted in sessions. */
  readonly isStored: boolean;
  /** Why sessions cannot be decided, or `undefined` if they can. */
  readonly unready: () => string | undefined;

  // A session that a caller does not have does not exist for it: all problems and answers are those of an unknown id. Whether
  // the caller may do what it requests is determined when that takes effect, however long it waits before.

  /**
   * Opens a session with the facts of a request that `parseExact` read; without an id it gets a random one. It belongs to
   * the caller.
   */
  readonly open: (
    by: SessionCaller,
    id: string | undefined,
    request: Members,
  ) => Promise<SessionView>;
  /** The state of a session, evaluated now. */
  readonly view: (by: SessionCaller, id: string) => Promise<SessionView>;
  /** The open sessions of the caller whose ids are after the given one, in the order of their ids. */
  readonly list: (by: SessionCaller, after: string, limit: number) => Promise<SessionPage>;
  /** The number of open sessions that the caller has. */
  readonly count: (by: SessionCaller) => Promise<number>;
  /** The same with the facts of the session. */
  readonly read: (by: SessionCaller, id: string) => Promise<SessionWithFacts>;
  /** All facts of a session; empty if no such session is open. */
  readonly request: (by: SessionCaller, id: string) => Promise<Members>;
  /** Changes facts by a part of a request (RFC 7396). */
  readonly patch: (by: SessionCaller, id: string, part: Members) => Promise<SessionView>;
  /** Records a signal that the policy declares; `time`: when it occurred, by default now. */
  readonly signal: (
    by: SessionCaller,
    id: string,
    name: string,
    payload: Members,
    time: number | undefined,
  ) => Promise<SessionView>;
  /**
   * Approves one call until an instant. The caller is the approver: it must not have opened, changed or used the session,
   * and cannot do so later.
   */
  readonly approve: (
    by: SessionCaller,
    id: string,
    approval: GivenApproval,
  ) => Promise<SessionView>;
  /**
   * Decides an action, which becomes part of the session's history. Denies if the state cannot be stored. `onDecided` is called
   * before anything else happens in the session, and before the answer is durable, unless nothing was decided. The facts of
   * the service are those of the options; the session has no others from then on.
   */
  readonly decide: (
    by: SessionCaller,
    id: string,
    query: Members,
    options?: QueryOptions,
  ) => Promise<Answer>;
  /**
   * Decides a whole request in a session: its subject must be that of the session, and its context cannot replace what
   * the session was opened with or changed to.
   */
  readonly decideQuery: (
    by: SessionCaller,
    id: string,
    request: Members,
    options?: QueryOptions,
  ) => Promise<Answer>;
  /** The answer that `decideQuery` would give now. Nothing changes, and the answer permits nothing. */
  readonly consider: (
    by: SessionCaller,
    id: string,
    request: Members,
    options?: Pick<QueryOptions, 'vouched'>,
  ) => Promise<Answer>;
  readonly close: (by: SessionCaller, id: string) => Promise<void>;

  /** Calls with each event of any session until the returned function is called. */
  readonly listen: (listener: SessionListener) => () => void;
  /** Compares the answers to all sessions with those of another module. */
  readonly preview: (next: PolicyModule) => SessionsPreview;
  readonly end: () => Promise<void>;
  /** For events about the subjects of sessions; absent: such events cannot change them. */
  readonly signals?: SignalSessions;
}

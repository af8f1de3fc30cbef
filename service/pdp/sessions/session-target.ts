// The sessions that events change. Implemented by those of a decision point and by those of a guard.

import type { PolicyModule } from '../../engine/policy-module.ts';
import type { Members } from '../../json/members.ts';
import type { FormerKeys } from '../../store/former-keys.ts';
import type { SessionListener } from './session-event.ts';

export interface SessionTarget {
  readonly policy: () => PolicyModule;
  readonly ids: () => readonly string[];
  /** The facts of a session; empty if no such session is open. */
  readonly request: (id: string) => Members;
  /** Milliseconds since the epoch, or `undefined` if it is unknown, so that no event is before it. */
  readonly openedAt: (id: string) => number | undefined;
  /** The keys that events found a session with before, and the events. They are stored with it. */
  readonly formerKeys: (id: string) => readonly FormerKeys[];
  readonly noteFormer: (id: string, former: FormerKeys) => void;
  /**
   * Records a signal that the policy declares. `by` names its cause in the log; `payload`: `undefined` if nothing is known
   * about its members. Throws if it cannot be recorded.
   */
  readonly record: (
    by: string,
    id: string,
    signal: string,
    payload: Members | undefined,
    time: number,
  ) => void;
  /** Changes facts (RFC 7396). Throws if they cannot be changed. */
  readonly change: (by: string, id: string, part: Members) => void;
  /**
   * Nobody uses a session that is being opened until its `opening` resolves, also while other requests have their turn.
   * Absent: earlier events are applied to it at once.
   */
  readonly hold?: (id: string) => void;
  /** Closes a session that an event could not change, so that nobody uses it without the event. */
  readonly end: (by: string, id: string) => void;
  /** Evaluates the sessions that were changed; work of those that may no longer go on is aborted. */
  readonly reevaluate: () => void;
  /** Resolves when all changes until now are durable. */
  readonly stored: () => Promise<void>;
}

/** Sessions that events about their subjects change. */
export interface SignalSessions {
  readonly target: SessionTarget;
  /** `hooks` gets the sessions that are opened and changed from then on. */
  readonly attach: (hooks: SessionHooks) => void;
  /** Calls with each event of any session until the returned function is called. */
  readonly listen: (listener: SessionListener) => () => void;
}

/** Gets the sessions that are opened, changed and closed by others. */
export interface SessionHooks {
  /**
   * `open`: opens the session. It is changed by earlier events about its subject before anybody can use it. Rejects if it
   * is not open, also because an earlier event could not be applied. `ready`: awaited last before it is opened, if anything is.
   */
  readonly opening: (
    id: string,
    request: Members,
    open: () => void,
    ready?: () => Promise<unknown>,
  ) => Promise<void>;
  /** Whether facts other than the ids of the subject and of the session say who the subject is. */
  readonly identifiesByFacts: boolean;
  /**
   * `change`: changes the facts of the session, which are then `request`. Earlier events about a subject that it did not
   * have before are applied before anybody can use it with these facts. Rejects if nothing changed, and if an earlier event
   * could not be applied: the session is then closed. `ready`: awaited last before the change, if anything is.
   */
  readonly changing: (
    id: string,
    request: () => Members,
    change: () => void,
    ready?: () => Promise<unknown>,
  ) => Promise<void>;
  /** Whether all earlier events about the subject that a session has with these facts have changed it. */
  readonly isIdentified: (id: string, request: Members) => boolean;
  readonly removeSession: (id: string) => void;
  /** Resolves when what follows from changes until now is durable, before the sessions themselves are. */
  readonly flush: () => Promise<void>;
}

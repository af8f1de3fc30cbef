// The sessions that events change. Implemented by those of a decision point and by those of a guard.

import type { PolicyModule } from '../engine/policy-module.ts';
import type { Members } from '../json/members.ts';
import type { SessionListener } from './session-event.ts';

export interface SessionTarget {
  readonly policy: () => PolicyModule;
  readonly ids: () => readonly string[];
  /** The facts of a session; empty if no such session is open. */
  readonly request: (id: string) => Members;
  /** Milliseconds since the epoch; undefined: unknown, so that no event is before it. */
  readonly openedAt: (id: string) => number | undefined;
  /** Records a signal that the policy declares. `by` names its cause in the log. Throws if it cannot be recorded. */
  readonly record: (by: string, id: string, signal: string, payload: Members, time: number) => void;
  /** Changes facts (RFC 7396). Throws if they cannot be changed. */
  readonly change: (by: string, id: string, part: Members) => void;
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
  /** `open`: opens the session. It is changed by earlier events about its subject before anybody can use it. */
  readonly opening: (id: string, request: Members, open: () => void) => Promise<void>;
  /** The facts of a session were changed. Resolves when events about a subject that it did not have before were applied. */
  readonly changed: (id: string) => Promise<void>;
  readonly closed: (id: string) => void;
  /** Resolves when what follows from changes until now is durable, before the sessions themselves are. */
  readonly saved: () => Promise<void>;
}

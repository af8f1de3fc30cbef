// The door to live sessions: a loaded policy comes in, an engine that holds sessions of it goes out, in an instance
// of the module of its own.

import { LoadError } from '../load-error.ts';
import type { Policy } from '../policy.ts';
import { type Clock, hostClock } from './clock.ts';
import { SessionEngine } from './session-engine.ts';
import { Sessions } from './sessions.ts';

export interface SessionsOptions {
  /** The host's own unless told. */
  readonly clock?: Clock;
  /** Bytes of memory that sessions may take in all; 1 GiB unless told. */
  readonly sessionBytes?: number;
}

const usualSessionBytes = 1_073_741_824;

/** Throws `LoadError` for a module that was not compiled to hold sessions. */
export function createSessions(
  policy: Policy,
  { clock = hostClock, sessionBytes = usualSessionBytes }: SessionsOptions = {},
): Sessions {
  const { sessions: described } = policy.manifest;
  if (described === undefined)
    throw new LoadError('the module holds no sessions: compile it with --sessions');
  const { instance, reader, letGo } = policy.follow(sessionBytes, () =>
    sessions.sweep({ all: true }),
  );
  if (instance.sessions === undefined)
    throw new LoadError("the module's sessions lack their exports");
  const engine = new SessionEngine(instance, instance.sessions, reader, sessionBytes);
  const sessions = new Sessions(engine, described, clock, letGo);
  return sessions;
}

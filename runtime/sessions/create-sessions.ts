// The door to live sessions: a loaded policy comes in, what holds sessions of it goes out, in an instance of
// the module of its own.

import type { Policy } from '../policy.ts';
import { type Clock, hostClock } from './clock.ts';
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
  return new Sessions(policy, clock, sessionBytes);
}

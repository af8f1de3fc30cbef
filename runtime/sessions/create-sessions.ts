// The door to live sessions: a loaded policy comes in, what holds sessions of it goes out, in an instance of
// the module of its own.

import type { SessionSource } from '../policy.ts';
import { type Clock, hostClock } from './clock.ts';
import type { ListenerErrorHandler } from './notifier.ts';
import { Sessions } from './sessions.ts';
import type { PolicyTypes, TypedPolicy, TypedSessions } from './typed-sessions.ts';

export interface SessionsOptions {
  /** The host's own unless told. */
  readonly clock?: Clock;
  /** Bytes of memory that sessions may take in all; 1 GiB unless told. */
  readonly sessionBytes?: number;
  /**
   * For how many milliseconds the id of a revoked session stays revoked in a store after the session was closed: `open` and
   * `restore` refuse it. Default: 30 days.
   */
  readonly revokedIdLifetime?: number;
  /**
   * Receives what a listener of `on` throws or rejects with. Without it the error is reported as one that nobody caught,
   * which ends a Node process.
   */
  readonly onListenerError?: ListenerErrorHandler;
}

const usualSessionBytes = 1_073_741_824;
const defaultRevokedIdLifetime = 30 * 24 * 60 * 60 * 1000;

/** Throws `LoadError` for a module that was not compiled to hold sessions. With bindings, sessions have their types. */
export function createSessions<Types extends PolicyTypes>(
  policy: TypedPolicy<Types>,
  options?: SessionsOptions,
): TypedSessions<Types>;
export function createSessions(policy: SessionSource, options?: SessionsOptions): Sessions;
export function createSessions(
  policy: SessionSource,
  {
    clock = hostClock,
    sessionBytes = usualSessionBytes,
    revokedIdLifetime = defaultRevokedIdLifetime,
    onListenerError,
  }: SessionsOptions = {},
): Sessions {
  return new Sessions(policy, { clock, sessionBytes, revokedIdLifetime, onListenerError });
}

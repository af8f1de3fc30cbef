// Creates sessions: takes a loaded policy and returns `Sessions` for it, in their own instance of its module.

import type { SessionSource } from '../policy.ts';
import type { ListenerErrorHandler } from './changes/notifier.ts';
import { type Clock, hostClock } from './clock.ts';
import { SessionRegistry } from './registry.ts';
import { Sessions } from './sessions.ts';
import type { PolicyTypes, TypedPolicy, TypedSessions } from './typed-sessions.ts';

export interface SessionsOptions {
  /** Default: the clock of the host. */
  readonly clock?: Clock;
  /** Maximum memory of all sessions, in bytes; default: 1 GiB. */
  readonly sessionBytes?: number;
  /**
   * For how many milliseconds the id of a revoked session stays revoked in a store after the session was closed:
   * `open` and `restore` reject it. Default: 30 days.
   */
  readonly revokedIdLifetime?: number;
  /**
   * Receives exceptions and rejections of listeners that were added with `on`. Without it they are reported as
   * uncaught errors, which end a Node process.
   */
  readonly onListenerError?: ListenerErrorHandler;
}

const defaultSessionBytes = 1_073_741_824;
const defaultRevokedIdLifetime = 30 * 24 * 60 * 60 * 1000;

/**
 * Creates the sessions of a policy. Throws `LoadError` for a module that was not compiled with sessions. With
 * bindings, sessions have their types.
 */
export function createSessions<Types extends PolicyTypes>(
  policy: TypedPolicy<Types>,
  options?: SessionsOptions,
): TypedSessions<Types>;
export function createSessions(policy: SessionSource, options?: SessionsOptions): Sessions;
export function createSessions(policy: SessionSource, options?: SessionsOptions): Sessions {
  return new Sessions(createRegistry(policy, options));
}

/** Creates the sessions of a policy by their ids; for the runtime and its tests. */
export function createRegistry(
  policy: SessionSource,
  {
    clock = hostClock,
    sessionBytes = defaultSessionBytes,
    revokedIdLifetime = defaultRevokedIdLifetime,
    onListenerError,
  }: SessionsOptions = {},
): SessionRegistry {
  return new SessionRegistry(policy, { clock, sessionBytes, revokedIdLifetime, onListenerError });
}

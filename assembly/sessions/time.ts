// The time of sessions, which only advances.

import { isInstant } from '../policy/answer';
import { SessionRest } from './records/session';

/** The maximum number of milliseconds by which a host's clock may go back. */
const TOLERANCE: i64 = 60000;

/** The time of the latest sweep: no session is evaluated at an earlier time. */
let sweptAt: i64 = 0;

// @ts-ignore: decorator
@inline
export function setSwept(instant: i64): void {
  sweptAt = max<i64>(sweptAt, instant);
}

/** The latest instant of all sessions and of the history across them. */
export function sweptInstant(): i64 {
  return sweptAt;
}

/** The result of `instantOf` for an instant at which the session cannot be evaluated. */
export const TOO_EARLY: i64 = i64.MIN_VALUE;

/** The instant of an evaluation that does not advance the time of the session. */
export function instantOf(rest: SessionRest, now: f64): i64 {
  const latest = max<i64>(rest.latest, sweptAt);
  const instant = <i64>now;
  return instant < latest - TOLERANCE ? TOO_EARLY : max<i64>(latest, instant);
}

/**
 * Whether the session can be evaluated at the instant, which becomes its latest one; a host's clock may
 * go back slightly.
 */
// @ts-ignore: decorator
@inline
export function advanceTo(rest: SessionRest, now: f64): bool {
  if (!isInstant(now)) return false;
  const latest = max<i64>(rest.latest, sweptAt);
  const instant = <i64>now;
  if (instant < latest - TOLERANCE) return false;
  rest.latest = max<i64>(latest, instant);
  return true;
}

export function latestOf(rest: SessionRest): f64 {
  return <f64>max<i64>(load<i64>(changetype<usize>(rest), offsetof<SessionRest>('latest')), sweptAt);
}

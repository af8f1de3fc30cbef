// The share of all sessions that one of several callers may have.

import { Problem } from '../problem.ts';
import type { SessionCaller } from './session-caller.ts';

/** The part of all sessions that a caller with more than half of them cannot have. */
const reserved = 0.1;

export interface SessionCounts {
  /** The number that may be open. */
  readonly max: number;
  /** The number that is open. */
  readonly open: number;
}

/** Whether the sessions that are left are for callers that have few. */
export function isReserved(
  { isNamed = false }: SessionCaller,
  { max, open }: SessionCounts,
): boolean {
  return isNamed && open >= max * (1 - reserved);
}

/** `own`: the number of sessions that the caller has open. Throws a `Problem` if it must leave the others to others. */
export function expectShare(by: SessionCaller, own: number, counts: SessionCounts): void {
  if (!isReserved(by, counts) || own <= counts.open / 2) return;
  const detail = `${by.id} has more than half of the sessions, and the others are for other callers`;
  throw new Problem(429, detail, { code: 'full' });
}

// A caller that was identified: its roles and its limits.

import type { Evidence } from '../pdp/requests/vouched-facts.ts';
import type { CallerStanding, SessionCaller } from '../pdp/sessions/session-caller.ts';

/**
 * `evaluate`: evaluations and searches. `sessions`: opens, changes and watches its sessions. `approve`: approves calls of
 * others. `operate`: the policy, metrics and the console, and the sessions of all callers. `signals`: event streams of the
 * transmitter.
 */
export type Role = 'evaluate' | 'sessions' | 'approve' | 'operate' | 'signals';

export const roles: readonly Role[] = ['evaluate', 'sessions', 'approve', 'operate', 'signals'];

/** `id`: such as `key:gateway`, `certificate:spiffe://…` or `token:ISSUER#SUBJECT`, which no two callers share. */
export interface Caller extends SessionCaller {
  readonly roles: ReadonlySet<Role>;
  readonly evidence: Evidence;
  /** When its credential ends, in milliseconds since the epoch, or `undefined` if the credential states none. */
  readonly validUntil?: number | undefined;
  /** Requests a second, or `undefined` for the rate of all callers without their own. */
  readonly maxRate?: number | undefined;
  readonly standing?: CallerStanding<Caller> | undefined;
}

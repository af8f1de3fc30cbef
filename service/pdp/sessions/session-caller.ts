// Who uses sessions. A session belongs to the caller that opened it, or to the tenant of that caller; for all others it does
// not exist.

export interface SessionCaller {
  /** Distinct for each method of identification and each issuer; names the caller in the log. */
  readonly id: string;
  /** The tenant that the access file names, or `undefined` if it has none, and its sessions are its own. */
  readonly tenant?: string | undefined;
  /** Whether it is one of several callers, none of whom may take what is for all. Default: false. */
  readonly isNamed?: boolean | undefined;
  /** Whether it has the sessions of all callers. */
  readonly isOperator: boolean;
  /** The number of sessions that it, or its tenant, may have open, or `undefined` for any number. */
  readonly maxSessions?: number | undefined;
  /** Whether and how it is identified again before what it requested takes effect; absent: nothing about it changes. */
  readonly standing?: CallerStanding<SessionCaller> | undefined;
}

export interface CallerStanding<Caller> {
  /** Whether nobody else may call since the caller was identified. */
  readonly isCurrent: () => boolean;
  /** Identifies the caller again. Rejects with a `Problem` if it may no longer do what it requested. */
  readonly identify: () => Promise<Caller>;
}

/** A caller that is of the same kind when it was identified again. */
interface Standing<Caller> {
  readonly standing?: CallerStanding<Caller> | undefined;
}

/** The process of the service: what time, its settings and code in it cause. */
export const serviceItself: SessionCaller = { id: 'service', isOperator: true };

export function isCurrent({ standing }: Standing<unknown>): boolean {
  return standing === undefined || standing.isCurrent();
}

/** The caller as it may call now. Rejects with a `Problem` if it no longer may. */
export async function confirmCaller<Caller extends Standing<Caller>>(by: Caller): Promise<Caller> {
  let caller = by;
  while (caller.standing !== undefined && !isCurrent(caller)) {
    caller = await caller.standing.identify();
  }
  return caller;
}

/** Whose the sessions are that a caller opens. */
export function nameOwner({ id, tenant }: SessionCaller): string {
  return tenant === undefined ? id : `${tenantPrefix}${tenant}`;
}

const tenantPrefix = 'tenant:';

/** `owner`: undefined for a session of a version that stored none. */
export function ownsSessions(caller: SessionCaller, owner: string | undefined): boolean {
  return caller.isOperator || (owner !== undefined && owner === nameOwner(caller));
}

/** Whether a caller may approve calls in the sessions of an owner: of its tenant, or of callers without a tenant. */
export function canApproveOwner(caller: SessionCaller, owner: string | undefined): boolean {
  if (ownsSessions(caller, owner)) return true;
  return caller.tenant === undefined && owner !== undefined && !owner.startsWith(tenantPrefix);
}

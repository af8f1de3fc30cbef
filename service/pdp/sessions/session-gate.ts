// Where requests of callers take effect. What waits is done before: in one synchronous step the caller, the session and its
// owner are checked, and the session is used. A session can be used in such a step only, so that nothing that was checked can
// have changed by then.

import type { Session, Sessions } from '@nhipol/runtime';
import { Problem } from '../problem.ts';
import { canApproveOwner, isCurrent, ownsSessions, type SessionCaller } from './session-caller.ts';
import type { SessionOwner, SessionOwners } from './session-owners.ts';

/** A session from its opening to its end: another one may have its id later. It can be used in an admission only. */
export interface SessionHandle {
  readonly id: string;
  readonly isOpen: boolean;
}

/**
 * The ways in which a caller uses a session. `list`: it is one of those of the caller, and not the one that the request is about.
 * `read`: what the caller does that has the session. `use`: what a caller must not do that approved a call in it. `approve`:
 * what one must not do that used it.
 */
export type Use = 'list' | 'read' | 'use' | 'approve';

/** The means of a step, until it returns and not later. */
export interface SessionAdmission {
  readonly caller: SessionCaller;
  readonly session: Session;
  readonly owner: SessionOwner;
}

/** The results of steps, which do not wait: no promises. */
// biome-ignore lint/suspicious/noConfusingVoidType: a step may return nothing
export type Immediate = boolean | undefined | void | (object & { readonly then?: undefined });

export interface SessionGateOptions {
  readonly sessions: Sessions;
  readonly owners: SessionOwners;
  /** Whether nobody may use a session with this id, because it is being opened. */
  readonly isHeld: (id: string) => boolean;
  readonly onAdmitted: (id: string) => void;
}

export class SessionGate {
  readonly #options: SessionGateOptions;
  #isEnded = false;

  constructor(options: SessionGateOptions) {
    this.#options = options;
  }

  /** Nothing is stored after the end, so nothing may be acknowledged. */
  end(): void {
    this.#isEnded = true;
  }

  expectNotEnded(): void {
    if (!this.#isEnded) return;
    throw new Problem(503, 'the sessions are no longer here', { code: 'sessions_ended' });
  }

  has(id: string): boolean {
    return this.#options.sessions.get(id) !== undefined;
  }

  /** Whether a caller has the session with this id. */
  isOwned(by: SessionCaller, id: string): boolean {
    const { owners, isHeld } = this.#options;
    return !isHeld(id) && ownsSessions(by, owners.get(id)?.holder);
  }

  /** The session that a request is about, as early as it can be refused. Throws a `Problem`; `enter` checks all of it again. */
  find(by: SessionCaller, id: string, use: Use): SessionHandle {
    this.expectNotEnded();
    const { owners, sessions, isHeld } = this.#options;
    const session = isHeld(id) ? undefined : sessions.get(id);
    const owner = owners.get(id);
    // A session of another caller does not exist.
    if (session === undefined || !mayFind(by, owner, use)) throw createMissingProblem();
    expectAllowed(by, owner, use);
    return session;
  }

  /** Uses a session in one step. Throws a `Problem` if the caller may not, or no longer, or if it was closed meanwhile. */
  enter<Result extends Immediate>(
    by: SessionCaller,
    handle: SessionHandle,
    use: Use,
    step: (admission: SessionAdmission) => Result,
  ): Result {
    expectCurrent(by);
    if (this.find(by, handle.id, use) !== handle) throw createMissingProblem();
    const { owners, sessions, onAdmitted } = this.#options;
    const session = sessions.get(handle.id);
    const owner = owners.get(handle.id);
    if (session === undefined || owner === undefined) throw createMissingProblem();
    if (use !== 'list') onAdmitted(handle.id);
    const admission = new OneStep(by, session, owner);
    try {
      return step(admission);
    } finally {
      admission.end();
    }
  }

  /** Opens a session in one step. Throws a `Problem` if the caller may no longer. */
  enterNew<Result extends Immediate>(by: SessionCaller, open: () => Result): Result {
    expectCurrent(by);
    this.expectNotEnded();
    return open();
  }
}

/** An admission that ends. */
class OneStep implements SessionAdmission {
  readonly caller: SessionCaller;
  readonly owner: SessionOwner;
  #session: Session | undefined;

  constructor(caller: SessionCaller, session: Session, owner: SessionOwner) {
    this.caller = caller;
    this.owner = owner;
    this.#session = session;
  }

  get session(): Session {
    if (this.#session !== undefined) return this.#session;
    throw new Error('broken invariant: a session is used after its admission');
  }

  end(): void {
    this.#session = undefined;
  }
}

export function createMissingProblem(): Problem {
  return new Problem(404, 'no session with this id is open', { code: 'no_session' });
}

function mayFind(by: SessionCaller, owner: SessionOwner | undefined, use: Use): boolean {
  const isAllowed = use === 'approve' ? canApproveOwner : ownsSessions;
  return isAllowed(by, owner?.holder);
}

/** A caller that approves calls in a session does not use it: it would use its own approval. */
function expectAllowed({ id }: SessionCaller, owner: SessionOwner | undefined, use: Use): void {
  if (use === 'approve' && owner?.users.has(id) !== false) {
    const detail = `${id} opened, changed or used the session, and cannot approve its calls`;
    throw new Problem(403, detail, { code: 'own_session' });
  }
  if (use === 'use' && owner?.approvers.has(id) === true) {
    const detail = `${id} approved calls in the session, and cannot use or change it`;
    throw new Problem(403, detail, { code: 'own_approval' });
  }
}

/** A request that waits confirms its caller last, so that others may not call by then. */
function expectCurrent(by: SessionCaller): void {
  if (isCurrent(by)) return;
  throw new Problem(503, 'who may call changed meanwhile', { code: 'access_changed' });
}

// Responses that go on, such as event streams, last only while their caller may request them: each ends when the credential
// ends, and when the caller is no longer identified by it, or no longer has the role.

import type { FastifyRequest } from 'fastify';
import { type Access, type Credentials, expectRole } from '../access/access.ts';
import type { Caller, Role } from '../access/caller.ts';
import { Problem } from '../pdp/problem.ts';
import { nameOwner } from '../pdp/sessions/session-caller.ts';
import { readHttpCredentials } from './requests.ts';

interface Admission {
  readonly credentials: Credentials;
  readonly caller: Caller;
  readonly role: Role;
  readonly end: () => void;
}

/** How often ends of credentials are looked for, in milliseconds. */
const interval = 1_000;
/** All callers are identified again each time that this many intervals have passed. */
const intervalsOfRecheck = 15;

export class Admissions {
  readonly #access: Access;
  readonly #admitted = new Set<Admission>();
  readonly #timer: ReturnType<typeof setInterval>;
  #intervals = 0;

  constructor(access: Access) {
    this.#access = access;
    this.#timer = setInterval(() => this.#look(), interval);
    this.#timer.unref();
  }

  /** Calls `end` once when the caller of a request may no longer have its response, until the returned function is called. */
  admit({ raw, caller }: FastifyRequest, role: Role, end: () => void): () => void {
    if (caller === undefined) throw new Error('broken invariant: the caller is not identified');
    const admission = { credentials: readHttpCredentials(raw), caller, role, end };
    this.#admitted.add(admission);
    return () => this.#admitted.delete(admission);
  }

  /** Identifies all callers again, because others may call now. */
  recheck(): void {
    for (const admission of this.#admitted) void this.#recheck(admission);
  }

  close(): void {
    clearInterval(this.#timer);
    this.#admitted.clear();
  }

  #look(): void {
    this.#intervals += 1;
    if (this.#intervals % intervalsOfRecheck === 0) this.recheck();
    const now = Date.now();
    for (const admission of this.#admitted) {
      const { validUntil } = admission.caller;
      if (validUntil !== undefined && validUntil <= now) this.#end(admission);
    }
  }

  async #recheck(admission: Admission): Promise<void> {
    const { credentials, caller, role } = admission;
    try {
      const currentCaller = await this.#access(credentials);
      expectRole(currentCaller, role);
      const isSame =
        currentCaller.id === caller.id &&
        nameOwner(currentCaller) === nameOwner(caller) &&
        currentCaller.isOperator === caller.isOperator;
      if (!isSame) this.#end(admission);
    } catch (error) {
      // The keys of an issuer cannot be read now: nothing new is known about the token.
      const isUnknown = error instanceof Problem && error.status === 503;
      if (!isUnknown) this.#end(admission);
    }
  }

  #end(admission: Admission): void {
    if (this.#admitted.delete(admission)) admission.end();
  }
}

// An open session, as a host's code uses it: each action is decided in it, and facts and signals change it.

import { createInvalidAnswer } from '../answer/answer.ts';
import { type Possibility, readPossibility } from '../answer/possibility.ts';
import type { Answer } from '../contract/index.ts';
import type { Approval } from './approvals.ts';
import type { SessionRegistry } from './registry.ts';
import type { RequestParts } from './request-parts.ts';
import type { SessionEntry } from './session-entry.ts';
import { noSession, SessionError } from './session-error.ts';

/**
 * An open session. Decisions never throw: every failure is a deny. Other calls throw a `SessionError` on failure, and
 * then nothing changed. After the session was closed, decisions are denied, also if another session has its id.
 */
export class Session {
  readonly id: string;
  readonly #registry: SessionRegistry;
  readonly #entry: SessionEntry;

  constructor(registry: SessionRegistry, entry: SessionEntry) {
    this.id = entry.id;
    this.#registry = registry;
    this.#entry = entry;
  }

  /** Aborted when the session is revoked or closed, or the engine fails, so that all work for it ends. */
  get signal(): AbortSignal {
    return this.#entry.abortSignal;
  }

  get isOpen(): boolean {
    return this.#registry.find(this.id) === this.#entry;
  }

  /**
   * Decides an action: the given query, an object or its JSON, or without one the latest. The decision becomes an
   * event of the session.
   */
  decide(query?: RequestParts | string): Answer {
    return this.isOpen ? this.#registry.decide(this.id, query) : createInvalidAnswer(noSession);
  }

  /**
   * Whether an action could be permitted now, for some value of the members that neither the session nor the query has:
   * the given query, an object or its JSON, or without one the latest. Nothing becomes an event. Never an answer to act
   * upon.
   */
  could(query?: RequestParts | string): Possibility {
    return this.isOpen
      ? this.#registry.could(this.id, query)
      : readPossibility(createInvalidAnswer(noSession));
  }

  /** Evaluates the latest query again, as things are now. Nothing becomes an event. */
  reevaluate(): Answer {
    return this.isOpen ? this.#registry.reevaluate(this.id) : createInvalidAnswer(noSession);
  }

  /**
   * Changes facts: by a part of a request (RFC 7396), whose members replace those of the session, and null removes
   * one; or by a path such as `context.risk` and its value.
   */
  patch(part: object): void;
  patch(path: string, value: unknown): void;
  patch(what: object | string, value?: unknown): void {
    const registry = this.#open();
    if (typeof what === 'string') registry.patch(this.id, what, value);
    else registry.patch(this.id, what);
  }

  /** The same by a part of a request in JSON, whose numbers may be ones that a double does not represent. */
  patchJson(part: string): void {
    this.#open().patchJson(this.id, part);
  }

  /** Changes facts by a part of a request. Its subject, action, resource and context are replaced as a whole. */
  replace(part: (RequestParts & { readonly subject?: unknown }) | string): void {
    this.#open().replace(this.id, part);
  }

  /**
   * Records a signal that the policy declares: its name, its payload, and when it occurred, by default now. A late
   * signal counts from its own time.
   */
  record(name: string, payload: object | string = {}, time?: number | bigint | Date): void {
    this.#open().record(this.id, name, payload, time);
  }

  /**
   * Records a signal about whose payload nothing is known, such as one whose payload does not fit the declaration: each of
   * its members is unknown.
   */
  recordUnknown(name: string, time?: number | bigint | Date): void {
    this.#open().recordUnknown(this.id, name, time);
  }

  /**
   * Approves one call until an instant: the call with this digest, whether it was requested or not yet. Evaluates
   * the latest query again, notifies listeners, and returns the answer.
   */
  grant(approval: Approval): Answer {
    return this.#open().grant(this.id, approval);
  }

  /** Returns the session as one line of JSON with its facts and its history, for `Sessions.restore`. */
  snapshot(): string {
    return this.#open().snapshot(this.id);
  }

  /** Closes the session, if it is open. The id of a revoked session stays revoked for `revokedIdLifetime`. */
  close(): void {
    if (this.isOpen) this.#registry.close(this.id);
  }

  #open(): SessionRegistry {
    if (!this.isOpen) throw new SessionError(this.id, noSession);
    return this.#registry;
  }
}

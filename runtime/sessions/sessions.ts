// The live sessions of a policy: opens and restores sessions, notifies listeners when time, facts or events change an
// answer, persists sessions, and replaces the policy under them.

import type { Answer, AnswerError } from '../contract/index.ts';
import type { Policy, SessionSource } from '../policy.ts';
import type { Listener } from './changes/notifier.ts';
import type { ChangeKind, SessionChange } from './changes/session-change.ts';
import type { Preview } from './migration/preview.ts';
import type { Persistence, PersistOptions } from './persistence/persistence.ts';
import type { SessionStore } from './persistence/session-store.ts';
import type { SessionRegistry } from './registry.ts';
import type { RequestParts } from './request-parts.ts';
import { Session } from './session.ts';
import type { SessionEntry } from './session-entry.ts';

export class Sessions {
  readonly #registry: SessionRegistry;
  /** One object for each session, so that `get` returns what `open` returned. */
  readonly #sessions = new WeakMap<SessionEntry, Session>();

  constructor(registry: SessionRegistry) {
    this.#registry = registry;
  }

  /** The policy of the sessions. */
  get policy(): Policy {
    return this.#registry.policy;
  }

  /** The number of open sessions. */
  get size(): number {
    return this.#registry.size;
  }

  /** The ids of all open sessions. */
  ids(): readonly string[] {
    return this.#registry.ids();
  }

  /**
   * Opens a session with the facts of a request, an object or its JSON, and returns it. Decides nothing. Throws a
   * `SessionError` for an id that is in use, not valid, or revoked in the store, and for an invalid request.
   */
  open(id: string, request: object | string): Session {
    this.#registry.open(id, request);
    return this.#expect(id);
  }

  /** Returns the open session of an id. */
  get(id: string): Session | undefined {
    const state = this.#registry.find(id);
    if (state === undefined) return undefined;
    const existingSession = this.#sessions.get(state);
    if (existingSession !== undefined) return existingSession;
    const session = new Session(this.#registry, state);
    this.#sessions.set(state, session);
    return session;
  }

  /** Decides an action in the session of an id, like `Session.decide`. Denied if there is no such session. */
  decide(id: string, query?: RequestParts | string): Answer {
    return this.#registry.decide(id, query);
  }

  /**
   * Opens a session from its snapshot, taken here or in another process, possibly under another policy. Facts that
   * fit the policy are known again; facts that do not fit can only restrict, and the first of them is returned as
   * `mismatch`.
   */
  restore(snapshot: string): { session: Session; mismatch: AnswerError | undefined } {
    const { id, mismatch } = this.#registry.restore(snapshot);
    return { session: this.#expect(id), mismatch };
  }

  /**
   * Restores the sessions of a store, and writes changes to it from then on. A session that cannot be restored is
   * reported and left unchanged. A session that is revoked in the store is revoked here, too, even if it was
   * opened meanwhile.
   */
  attachStore(store: SessionStore, options: PersistOptions = {}): Promise<Persistence> {
    return this.#registry.attachStore(store, options);
  }

  /**
   * Evaluates again all sessions that changed or whose answer may have expired by now; with `all`, every session.
   * The clock calls it, too.
   */
  sweep(options: { readonly all?: boolean } = {}): readonly SessionChange[] {
    return this.#registry.sweep(options);
  }

  on(kind: ChangeKind, listener: Listener): this {
    this.#registry.on(kind, listener);
    return this;
  }

  off(kind: ChangeKind, listener: Listener): this {
    this.#registry.off(kind, listener);
    return this;
  }

  /** Returns all changes from now on. If a reader is slow, the changes of one session become one. */
  changes(): AsyncIterableIterator<SessionChange> {
    return this.#registry.changes();
  }

  /**
   * Compares the answers to all sessions, as they are now, with those of another policy, or another version of it.
   * Nothing changes before it is activated. Throws a `SessionError` if a session cannot be migrated, and a
   * `LoadError` for a module without sessions.
   */
  preview(policy: SessionSource): Preview {
    return this.#registry.preview(policy);
  }

  /** Closes all sessions and ends all iterations of changes. A store keeps the sessions as they are now. */
  end(): void {
    this.#registry.end();
  }

  #expect(id: string): Session {
    const session = this.get(id);
    if (session === undefined) throw new Error(`broken invariant: \`${id}\` was not opened`);
    return session;
  }
}

// The engine: decides the calls of identities in their sessions, with one policy at a time. It has no transport: guard,
// hooks and service pass it calls, and carry out what it decides. Deciding never throws: what cannot be decided, logged
// or stored is refused.

import { createSessions, hostClock, type Persistence, type Sessions } from '@nhipol/runtime';
import type { Trigger } from '../log/entry.ts';
import { watchExpiry } from '../store/expiry.ts';
import type { Revocation, RevocationScope } from '../store/store.ts';
import { type Abilities, noAbilities } from './abilities.ts';
import type { CallerFacts } from './call.ts';
import type { EngineOptions, EngineParts, EngineSessionOpening } from './engine-parts.ts';
import {
  describeRevocation,
  EngineSession,
  type OpenSession,
  unknownRevocation,
} from './engine-session.ts';
import { EventSessions } from './event-sessions.ts';
import { PendingRevocations } from './pending-revocations.ts';
import { loadPolicyModule, type PolicyModule } from './policy-module.ts';
import { reportRefused } from './report-refused.ts';
import { SessionRecords } from './session-records.ts';
import { watchStore } from './store-watch.ts';

export class Engine {
  #module: PolicyModule;
  readonly #sessions: Sessions;
  readonly #parts: EngineParts;
  readonly #open = new Map<string, OpenSession>();
  readonly #records = new SessionRecords();
  /** For events from other systems about the subjects of sessions. */
  readonly events: EventSessions;
  readonly #stopWatching: () => void;
  readonly #stopExpiry: () => void;
  readonly #pending: PendingRevocations;
  #isClosed = false;
  #isStoreReadable = true;
  /** Writes sessions to the store; `undefined` if they end with the engine. */
  #persistence: Persistence | undefined;
  #releaseSessions = () => {};

  /** Throws a `LoadError` for a module that is not a policy with sessions. */
  constructor(options: EngineOptions) {
    const { isLogRequired = true, clock = hostClock, abilities = noAbilities } = options;
    this.#module = loadPolicyModule(options.module, abilities);
    this.#sessions = createSessions(this.#module.policy, { clock });
    this.#pending = new PendingRevocations(options);
    this.#parts = {
      ...options,
      isLogRequired,
      clock,
      module: () => this.#module,
      isStoreReadable: () => this.#isStoreReadable && this.#pending.isEmpty,
      onOutcome: (id) => this.#outcomeRecorded(id),
      storeSessions: () => this.#persistence?.saveNow(),
      storeRevocation: (revocation) => this.#pending.add(revocation),
    };
    this.events = new EventSessions({
      policy: () => this.#module,
      sessions: this.#sessions,
      open: this.#open,
      records: this.#records,
      start: (opening) => this.#start(opening),
      stored: () => this.#awaitStore(),
    });
    this.events.onEvaluated((ids) => this.recheck('event', ids));
    this.#stopExpiry = watchExpiry(options.store, clock);
    this.#stopWatching = watchStore(options.store, {
      onChanged: () => {
        for (const session of this.#all) session.checkRevocation();
      },
      onReadable: (problem) => {
        this.#isStoreReadable = problem === undefined;
        if (problem === undefined) return;
        options.onWarning(`the state cannot be read: ${problem}`);
        // A revoke of what runs would not be heard of.
        this.recheck('event');
      },
    });
  }

  get policy(): PolicyModule {
    return this.#module;
  }

  /**
   * Restores the sessions that are stored under a name, and stores changes from then on. The name does not depend on the
   * policy, whose next version may have another one. A session that cannot be restored is reported. Rejects with the code
   * `ELOCKED` if another process has these sessions.
   */
  async persist(name: string): Promise<void> {
    const { store, onWarning } = this.#parts;
    this.#releaseSessions = store.reserveSessions(name);
    await this.#records.attachStore(store.sessions(`${name} records`));
    this.#persistence = await this.#sessions.attachStore(store.sessions(name), {
      onError: (error) => onWarning(`a session was not stored: ${String(error)}`),
    });
    reportRefused(this.#persistence, onWarning);
  }

  /**
   * Opens a session at a server, or continues the stored one of this id with these facts. A session that is open at
   * another server keeps its history: its events are those of all servers. Throws a `SessionError` if the facts are not
   * valid for the policy, and after the engine was closed.
   */
  open(opening: EngineSessionOpening): EngineSession {
    if (this.#isClosed) throw new Error('the policy was closed');
    const { id, server } = opening;
    const shared = this.#open.get(id) ?? this.#start(opening);
    const opened = new EngineSession(this.#parts, shared, opening, {
      isFirst: shared.servers.size === 0,
      events: this.events.takeUnlogged(id),
      onClosed: () => this.#closeSession(id, server),
    });
    shared.servers.set(server, opened);
    return opened;
  }

  /** Opens the session of the module, or continues the stored one with these facts. */
  #start({ id, identity, context }: EngineSessionOpening): OpenSession {
    const facts = { identity, context };
    const request = (given: CallerFacts) => this.#records.request(id, given);
    const stored = this.#sessions.get(id);
    stored?.replace(request(facts));
    const session = stored ?? this.#sessions.open(id, request(facts));
    if (stored === undefined) this.#records.addSession(id, this.#parts.clock.now());
    const shared = { session, latest: undefined, facts, request, servers: new Map() };
    this.#open.set(id, shared);
    return shared;
  }

  /** Has calls that run decided again, in these sessions or in all. */
  recheck(trigger: Trigger, ids: Iterable<string> = [...this.#open.keys()]): void {
    for (const id of ids) {
      const servers = [...(this.#open.get(id)?.servers.values() ?? [])];
      for (const session of servers) session.recheckRunning(trigger);
    }
  }

  #outcomeRecorded(id: string): void {
    this.recheck('event', this.#module.hasSharedEvents ? undefined : [id]);
  }

  /** Returns whether the session is no longer open at any server. */
  #closeSession(id: string, server: string): boolean {
    const shared = this.#open.get(id);
    shared?.servers.delete(server);
    if (shared?.servers.size !== 0) return false;
    this.#open.delete(id);
    this.events.removeSession(id);
    this.#records.removeSession(id);
    return true;
  }

  /** Resolves when all changes until now are durable. */
  async #awaitStore(): Promise<void> {
    if (this.#isClosed) throw new Error('the policy was closed');
    this.#pending.store();
    await this.#records.flush();
    await this.#persistence?.flush();
  }

  /**
   * Why a subject without an open session gets nothing: it is revoked, or that is unknown. Returns `undefined` if it is
   * not revoked.
   */
  explainClosing(scope: RevocationScope): string | undefined {
    const { store, mode } = this.#parts;
    let revocation: Revocation | undefined;
    try {
      revocation = store.revocationOf(scope);
    } catch {
      return mode === 'observe' ? undefined : unknownRevocation;
    }
    if (revocation !== undefined) return describeRevocation(revocation);
    return mode === 'observe' || this.#isStoreReadable ? undefined : unknownRevocation;
  }

  /** The number of open sessions. */
  get size(): number {
    return this.#open.size;
  }

  /** Whether a session is open at any server, or about to be. */
  has(id: string): boolean {
    return this.#open.has(id);
  }

  /** Whether there is a session, which may be one that was restored and is not open at any server. */
  knows(id: string): boolean {
    return this.#sessions.get(id) !== undefined;
  }

  get(id: string, server: string): EngineSession | undefined {
    return this.#open.get(id)?.servers.get(server);
  }

  /**
   * Replaces the policy. Sessions keep their facts and history, and calls that run are decided again. Throws if the module is not a
   * policy or if a session cannot be migrated; then the previous policy stays.
   */
  activate(module: Uint8Array, abilities: Abilities = noAbilities): void {
    const next = loadPolicyModule(module, abilities);
    this.#sessions.preview(next.policy).activate();
    this.#module = next;
    for (const { servers } of this.#open.values()) {
      const [first] = servers.values();
      first?.policyChanged();
    }
    this.recheck('policy');
  }

  /** Logs in each session why another version of the policy is not active. */
  policyHeld(problem: string): void {
    for (const { servers } of this.#open.values()) {
      const [first] = servers.values();
      first?.policyHeld(problem);
    }
  }

  get #all(): readonly EngineSession[] {
    return [...this.#open.values()].flatMap(({ servers }) => [...servers.values()]);
  }

  /** Ends what runs in sessions. The store keeps those that are stored. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopWatching();
    this.#stopExpiry();
    for (const session of this.#all) {
      if (this.#persistence === undefined) session.close();
      else session.leave();
    }
    this.#sessions.end();
    this.#pending.close();
    try {
      await this.#records.flush();
      await this.#persistence?.flush();
    } finally {
      this.#releaseSessions();
    }
  }
}

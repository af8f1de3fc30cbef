// The engine: decides the calls of identities in their sessions, with one policy at a time. It has no transport: guard,
// hooks and service pass it calls, and carry out what it decides. Deciding never throws: what cannot be decided, logged
// or stored is refused.

import {
  type Clock,
  createSessions,
  hostClock,
  type Persistence,
  type Session,
  type Sessions,
} from '@nhipol/runtime';
import type { EntryPoint } from '../log/entry.ts';
import type { DecisionLog } from '../log/log-file.ts';
import type { Store } from '../store/store.ts';
import { messageOf } from '../support/message-of.ts';
import { type Abilities, noAbilities } from './abilities.ts';
import type { Call, Facts } from './call.ts';
import { EngineSession } from './engine-session.ts';
import { loadPolicyModule, type PolicyModule } from './policy-module.ts';

export type Mode = 'enforce' | 'observe';

export interface EngineOptions {
  readonly module: Uint8Array;
  /** The obligations and constraints that are carried out; an answer with any other is refused. Default: none. */
  readonly abilities?: Abilities;
  readonly store: Store;
  /** undefined: decisions are not logged. */
  readonly log: DecisionLog | undefined;
  /** Whether nothing is permitted that cannot be logged. Default: true. */
  readonly isLogRequired?: boolean;
  readonly entryPoint: EntryPoint;
  readonly mode: Mode;
  /** Default: the clock of the host. */
  readonly clock?: Clock;
  /** Receives what an operator should know, such as a log that cannot be written. */
  readonly onWarning: (warning: string) => void;
}

export interface SessionOpening extends Facts {
  readonly id: string;
  /** Where the identity acts; part of what a revocation covers. */
  readonly server: string;
  /** Default: that of the engine. */
  readonly entryPoint?: EntryPoint;
}

/** A session of the module. An identity may act in it at several servers, and each of them has its `EngineSession`. */
export interface SharedSession {
  readonly session: Session;
  /** The call that was decided last. */
  latest: Call | undefined;
  /** The facts that the session has now. */
  facts: Facts;
}

interface OpenSession extends SharedSession {
  readonly servers: Map<string, EngineSession>;
}

/** The parts of an engine that its sessions share. */
export interface EngineParts extends Required<Omit<EngineOptions, 'module' | 'abilities'>> {
  readonly module: () => PolicyModule;
  /** Whether the store could be read when revocations were last looked for. */
  readonly isStoreReadable: () => boolean;
}

/** How often it is checked whether another process revoked an identity, in milliseconds. */
const watchInterval = 200;

export class Engine {
  #module: PolicyModule;
  readonly #sessions: Sessions;
  readonly #parts: EngineParts;
  readonly #open = new Map<string, OpenSession>();
  readonly #watch: ReturnType<typeof setInterval>;
  #storeVersion: number;
  #isClosed = false;
  #isStoreReadable = true;
  /** Writes sessions to the store; undefined: they end with the engine. */
  #persistence: Persistence | undefined;

  /** Throws a `LoadError` for a module that is not a policy with sessions. */
  constructor(options: EngineOptions) {
    const { isLogRequired = true, clock = hostClock, abilities = noAbilities } = options;
    this.#module = loadPolicyModule(options.module, abilities);
    this.#sessions = createSessions(this.#module.policy, { clock });
    this.#parts = {
      ...options,
      isLogRequired,
      clock,
      module: () => this.#module,
      isStoreReadable: () => this.#isStoreReadable,
    };
    this.#storeVersion = options.store.version();
    this.#watch = setInterval(() => this.#checkStore(), watchInterval);
    this.#watch.unref();
  }

  get policy(): PolicyModule {
    return this.#module;
  }

  /**
   * Restores the sessions that are stored for the policy, and stores changes from then on. A session that cannot be
   * restored is reported.
   */
  async persist(): Promise<void> {
    const { store, onWarning } = this.#parts;
    this.#persistence = await this.#sessions.persistTo(store.sessions(this.#module.logged.name), {
      onError: (error) => onWarning(`a session was not stored: ${String(error)}`),
    });
    for (const error of this.#persistence.refused) {
      onWarning(`a session was not restored: ${error.message}`);
    }
  }

  /**
   * Opens a session at a server, or continues the stored one of this id with these facts. A session that is open at
   * another server keeps its history: its events are those of all servers. Throws a `SessionError` if the facts are not
   * valid for the policy, and after the engine was closed.
   */
  open(opening: SessionOpening): EngineSession {
    if (this.#isClosed) throw new Error('the policy was closed');
    const { id, server } = opening;
    const known = this.#open.get(id);
    const shared = known ?? { ...this.#started(opening), servers: new Map() };
    const opened = new EngineSession(this.#parts, shared, opening, {
      isFirst: known === undefined,
      onClosed: () => this.#closed(id, server),
    });
    this.#open.set(id, shared);
    shared.servers.set(server, opened);
    return opened;
  }

  #started({ id, identity, context }: SessionOpening): SharedSession {
    const facts = { subject: identity, context };
    const stored = this.#sessions.get(id);
    stored?.replace(facts);
    const session = stored ?? this.#sessions.open(id, facts);
    return { session, latest: undefined, facts: { identity, context } };
  }

  /** Returns whether the session is no longer open at any server. */
  #closed(id: string, server: string): boolean {
    const shared = this.#open.get(id);
    shared?.servers.delete(server);
    return shared?.servers.size === 0 && this.#open.delete(id);
  }

  /** The number of open sessions. */
  get size(): number {
    return this.#open.size;
  }

  get(id: string, server: string): EngineSession | undefined {
    return this.#open.get(id)?.servers.get(server);
  }

  /**
   * Replaces the policy. Sessions keep their facts and history, and are evaluated again. Throws if the module is not a
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
  }

  /** Another process may have revoked an identity. While that is unknown, nothing is permitted. */
  #checkStore(): void {
    try {
      const version = this.#parts.store.version();
      this.#isStoreReadable = true;
      if (version === this.#storeVersion) return;
      for (const session of this.#all) session.checkRevocation();
      this.#storeVersion = version;
    } catch (error) {
      if (this.#isStoreReadable)
        this.#parts.onWarning(`the state cannot be read: ${messageOf(error)}`);
      this.#isStoreReadable = false;
    }
  }

  get #all(): readonly EngineSession[] {
    return [...this.#open.values()].flatMap(({ servers }) => [...servers.values()]);
  }

  /** Ends what runs in sessions. The store keeps those that are stored. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearInterval(this.#watch);
    for (const session of this.#all) {
      if (this.#persistence === undefined) session.close();
      else session.leave();
    }
    this.#sessions.end();
    await this.#persistence?.saved();
  }
}

// The guard of one server of MCP: an engine with a relay. A transport gives it messages.

import { createHash, randomUUID } from 'node:crypto';
import type { Abilities } from '../engine/abilities.ts';
import { Engine } from '../engine/engine.ts';
import type { EngineSessionOpening, Mode } from '../engine/engine-parts.ts';
import type { EngineSession } from '../engine/engine-session.ts';
import type { EventSessions } from '../engine/event-sessions.ts';
import type { PolicyModule } from '../engine/policy-module.ts';
import type { EntryPoint } from '../log/entry.ts';
import type { DecisionLog } from '../log/log-file.ts';
import type { Revocation, Store } from '../store/store.ts';
import { createTypedMapping } from './calls/call-mapping.ts';
import type { ResultLimits } from './calls/limited-result.ts';
import type { ClientFacts } from './client.ts';
import { createCoazMapping } from './coaz/coaz-mapping.ts';
import { Relay } from './relay.ts';
import type { AskMode, RelayOptions } from './relay-options.ts';
import { createRelayState } from './relay-state.ts';
import { type Pins, ToolInventory, type ToolState } from './tools/inventory.ts';

/** How an engine guards one server. */
export interface ServerOptions {
  readonly store: Store;
  readonly mode: Mode;
  /** The facts of clients whose transport vouches for no others, or `undefined` if there are no such clients. */
  readonly facts: ClientFacts | undefined;
  /** Default: `guard`. */
  readonly entryPoint?: EntryPoint;
  /** The name of the server: the first part of the names of actions, and the id of the resource. */
  readonly server: string;
  /**
   * The name of sessions that continue after a restart, or that several servers of an engine share, or `undefined` if
   * each guard has new ones.
   */
  readonly session: string | undefined;
  /**
   * The digests of the reviewed tools, or `undefined` if a tool is as reviewed when it is listed for the first time.
   */
  readonly pins: Pins | undefined;
  readonly ask: AskMode;
  /** How long a call waits for a person at a terminal, in milliseconds. */
  readonly askTimeout: number;
  /** The constraints that the guard applies to the structured content of results. Default: none. */
  readonly resultLimits?: ResultLimits | undefined;
  /** Whether a refused call has a result that the model reads, or an error. */
  readonly refusal: 'result' | 'error';
  /** Whether messages become requests of AuthZEN by its COAZ-MCP binding. Default: false. */
  readonly isCoaz?: boolean | undefined;
  readonly onRevoked: (reason: string) => void;
  readonly onWarning: (warning: string) => void;
}

export interface GuardOptions extends ServerOptions {
  /** A policy compiled with sessions. */
  readonly module: Uint8Array;
  readonly abilities: Abilities;
  readonly log: DecisionLog | undefined;
  /** Returns the command that stores a revocation. Default: there is none. */
  readonly revokeCommand?: (revocation: Revocation) => string | undefined;
}

/** How many subjects may have a session. Another one is refused. */
const maxSessions = 10_000;
/** The number of hexadecimal digits that distinguish the sessions of subjects. */
const subjectDigits = 32;

export class Guard {
  readonly #engine: Engine;
  readonly #options: ServerOptions;
  /** The first part of the ids of sessions. */
  readonly #name: string;
  readonly #relayOptions: RelayOptions;
  /** Also those whose clients have left, while their work goes on. */
  readonly #relays = new Set<Relay>();

  /** A guard of one of the servers that an engine decides for. */
  constructor(engine: Engine, options: ServerOptions) {
    const { server, session, pins } = options;
    this.#engine = engine;
    this.#options = options;
    this.#name = session ?? `${server}-${randomUUID()}`;
    this.#relayOptions = {
      ...options,
      resultLimits: options.resultLimits ?? new Map(),
      mapping: options.isCoaz ? createCoazMapping(server) : createTypedMapping(server),
      openSession: (client) => this.#findSession(client),
      closedReason: (client) => this.#explainClosing(client),
      hasSession: (client) => engine.knows(this.#sessionId(client)),
      inventory: new ToolInventory(pins),
      state: createRelayState(),
      now: () => Date.now(),
    };
  }

  /**
   * A guard with an engine of its own. Rejects with a `LoadError` if the module is not a policy with sessions, and with the
   * code `ELOCKED` if another process continues the session.
   */
  static async open(options: GuardOptions): Promise<Guard> {
    const engine = new Engine({ entryPoint: 'guard', ...options });
    const { session } = options;
    try {
      if (session !== undefined) await engine.persist(`guard ${JSON.stringify(session)}`);
    } catch (error) {
      await engine.close();
      throw error;
    }
    return new Guard(engine, options);
  }

  /**
   * A relay for the messages of one client. Clients of the same subject share a session. `facts`: the client, as its
   * transport vouches for it; default: the facts of the options.
   */
  connect(facts = this.#options.facts): Relay {
    if (facts === undefined) throw new Error('the client is not identified');
    const relay = new Relay(this.#relayOptions, facts, () => this.#relays.delete(relay));
    this.#relays.add(relay);
    return relay;
  }

  /** The sessions of the guard, which events about their subjects change. */
  get events(): EventSessions {
    return this.#engine.events;
  }

  /** A tool of the server, as it was listed. */
  findTool(name: string): ToolState {
    return this.#relayOptions.inventory.find(name);
  }

  get policy(): PolicyModule {
    return this.#engine.policy;
  }

  /**
   * Resolves when a relay of the client may be used: earlier events about its subject have changed its session. Rejects
   * if that is unknown.
   */
  async announce(facts = this.#options.facts): Promise<void> {
    const { events } = this.#engine;
    if (!events.isAttached) return;
    if (facts === undefined) throw new Error('the client is not identified');
    await events.announce(this.#createOpening(facts));
  }

  #findSession(client: ClientFacts): EngineSession {
    const opening = this.#createOpening(client);
    const open = this.#engine.get(opening.id, opening.server);
    return open ?? this.#engine.open(opening);
  }

  /** Why a client without a session gets nothing: it is revoked, or that is unknown. */
  #explainClosing(client: ClientFacts): string | undefined {
    const { server } = this.#options;
    const { type, id } = this.#relayOptions.mapping.sessionOf(client);
    return this.#engine.explainClosing({ subjectType: type, subjectId: id, server });
  }

  /** Throws if no more subjects may have a session. */
  #createOpening(client: ClientFacts): EngineSessionOpening {
    const { server, entryPoint = 'guard' } = this.#options;
    const id = this.#sessionId(client);
    if (!this.#engine.has(id) && this.#engine.size >= maxSessions) {
      throw new Error('too many subjects have a session');
    }
    const identity = this.#relayOptions.mapping.sessionOf(client);
    return { id, identity, context: client.context, server, entryPoint };
  }

  #sessionId(client: ClientFacts): string {
    const { facts } = this.#options;
    const { sessionOf } = this.#relayOptions.mapping;
    const { type, id: subject } = sessionOf(client);
    const guardIdentity = facts && sessionOf(facts);
    const isOwn = guardIdentity?.type === type && guardIdentity.id === subject;
    return isOwn ? this.#name : `${this.#name}-${buildSubjectKey(type, subject)}`;
  }

  /** The client of a relay ended. */
  disconnect(relay: Relay): void {
    relay.close();
  }

  /** Replaces the policy; calls that run are decided again. Throws if it cannot be; then the previous policy stays. */
  activate(module: Uint8Array, abilities: Abilities): void {
    this.#engine.activate(module, abilities);
  }

  /** Logs why another version of the policy is not active. */
  policyHeld(problem: string): void {
    this.#engine.policyHeld(problem);
  }

  /** The guard ends: cancels what runs for all clients, which get the reason, and lets nothing pass any more. */
  stopAll(reason: string): void {
    this.#relayOptions.state.endReason = reason;
    for (const relay of this.#relays) relay.stopAll(reason);
    this.#relayOptions.state.serverTasks.stopAll(reason);
  }

  /** Whether the server has not taken the cancellation of what ran for any client. */
  get isStopping(): boolean {
    const { serverTasks } = this.#relayOptions.state;
    return serverTasks.isStopping() || [...this.#relays].some((relay) => relay.isStopping);
  }

  /** Ends all relays. The engine stays. */
  disconnectAll(): void {
    for (const relay of [...this.#relays]) this.disconnect(relay);
  }

  /** Ends the guard and its engine. */
  async close(): Promise<void> {
    this.disconnectAll();
    await this.#engine.close();
  }
}

function buildSubjectKey(type: string, id: string): string {
  const digest = createHash('sha256').update(JSON.stringify([type, id]));
  return digest.digest('hex').slice(0, subjectDigits);
}

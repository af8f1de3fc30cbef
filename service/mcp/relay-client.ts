// The client of a relay: who it is, what it can do, and its session, which opens when the client first uses something.

import type { EngineSession, RunningWork } from '../engine/engine-session.ts';
import type { Members } from '../json/members.ts';
import type { ClientFacts } from './client.ts';
import { type ClientTraits, readTraits } from './protocol/revision.ts';
import type { RelayOptions } from './relay-options.ts';

/** The work of a relay for its client. */
export interface ClientWork extends RunningWork {
  /** Stops what runs, and refuses what waits. */
  readonly end: (reason: string) => void;
  /** Refuses the requests about a task that was stopped. */
  readonly stopTask: (taskId: string, reason: string) => void;
}

export class RelayClient {
  readonly #options: RelayOptions;
  readonly #work: () => ClientWork;
  #facts: ClientFacts;
  /** The capabilities that the client stated when it connected. */
  #capabilities: Members | undefined;
  #session: EngineSession | undefined;
  #hasEnded = false;
  #leaveSession = () => {};

  constructor(options: RelayOptions, facts: ClientFacts, work: () => ClientWork) {
    this.#options = options;
    this.#facts = facts;
    this.#work = work;
  }

  /** The client, as the transport vouches for it now. */
  get facts(): ClientFacts {
    return this.#facts;
  }

  /** Takes facts that may be newer. Returns false if they are facts of another subject: then nothing changes. */
  identify(facts: ClientFacts): boolean {
    if (!this.isSubject(facts)) return false;
    this.#facts = facts;
    if (this.#session !== undefined) this.#extendTasks(this.#session);
    return true;
  }

  /** Whether facts are facts of the client's subject. */
  isSubject(facts: ClientFacts): boolean {
    const { sessionOf } = this.#options.mapping;
    const [known, given] = [sessionOf(this.#facts), sessionOf(facts)];
    return given.type === known.type && given.id === known.id;
  }

  /** Names the subject whose requests count together. */
  get subject(): string {
    const { type, id } = this.#options.mapping.sessionOf(this.#facts);
    return JSON.stringify([type, id]);
  }

  /** Takes the capabilities that the client states in `initialize`. */
  initialize(capabilities: Members): void {
    this.#capabilities = capabilities;
  }

  /** Takes what the client stated when it connected by another relay. */
  adoptCapabilities(other: RelayClient): void {
    this.#capabilities = other.#capabilities ?? this.#capabilities;
  }

  /** The traits of the client for a request with these parameters. */
  traits(params: Members): ClientTraits {
    return readTraits(params, this.#capabilities);
  }

  /** The session, or `undefined` if the client has used nothing by this relay. */
  get session(): EngineSession | undefined {
    return this.#session;
  }

  /** Whether the client has a session, by this or another connection. Before the first use of anything, nothing is recorded. */
  get hasSession(): boolean {
    return this.#session !== undefined || this.#options.hasSession(this.#facts);
  }

  /** Whether the client has left: nothing more reaches it. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Opens the session, or returns the one that is open. */
  openSession(): EngineSession {
    if (this.#session !== undefined) return this.#session;
    const session = this.#options.openSession(this.#facts);
    this.#session = session;
    const stop = () => {
      const isRevoked = session.revocation !== undefined;
      if (isRevoked || !this.#hasEnded) this.#work().end(session.revokedReason);
      if (isRevoked) this.#options.onRevoked(session.revokedReason);
    };
    if (session.signal.aborted) queueMicrotask(stop);
    else session.signal.addEventListener('abort', stop, { once: true });
    const leave = session.join({
      calls: () => this.#work().calls(),
      recheck: (trigger) => this.#work().recheck(trigger),
    });
    const stopTask = (id: string, reason: string) => this.#work().stopTask(id, reason);
    const leaveTasks = this.#options.state.serverTasks.onStop(session, stopTask);
    // Many relays can share a session.
    this.#leaveSession = () => {
      session.signal.removeEventListener('abort', stop);
      leave();
      leaveTasks();
    };
    this.#watchTasks(session);
    this.#extendTasks(session);
    return session;
  }

  /** The session of a client that may not be served opens with its first message, so that its server is stopped. */
  openIfClosed(): void {
    if (this.#session !== undefined || this.#hasEnded) return;
    if (this.#options.closedReason(this.#facts) !== undefined) this.openSession();
  }

  /** Logs that a message was refused. A client that has left opens no session. */
  refuse(reason: string): void {
    const session = this.#hasEnded ? this.#session : this.openSession();
    session?.logRefusal(reason);
  }

  /** The client has left. Its session goes on for what runs. */
  end(): void {
    this.#hasEnded = true;
  }

  /** Nothing of the client runs any more. */
  leaveSession(): void {
    this.#leaveSession();
  }

  /** The tasks of a session do not end with the connection. */
  #watchTasks(session: EngineSession): void {
    const { serverTasks, watched } = this.#options.state;
    if (watched.has(session)) return;
    watched.add(session);
    session.signal.addEventListener('abort', () => serverTasks.sessionEnded(session));
    session.join({
      calls: () => serverTasks.runningCalls(session),
      recheck: (trigger) => serverTasks.recheck(session, trigger),
    });
  }

  /** The tasks of a session go on while its client has a token that is valid. */
  #extendTasks(session: EngineSession): void {
    this.#options.state.serverTasks.extend(session, this.#facts.validUntil);
  }
}

// The relays of clients over HTTP: one for each session of MCP that the server has opened, and one for each subject where the
// server opens no sessions. A session that the server did not open through this guard is unknown: who owns it is unknown, too.

import type { ClientFacts } from '../client.ts';
import type { Guard } from '../guard.ts';
import type { Relay } from '../relay.ts';

/** How many relays may be open, and how many of one subject. The one that was used least recently ends first. */
const maxRelays = 10_000;
const maxRelaysOfSubject = 1_000;

interface Opened {
  readonly relay: Relay;
  readonly subject: string;
}

export class HttpSessions {
  readonly #guard: Guard;
  /** Keys are ids of sessions, or subjects. The one that was used last is at the end. */
  readonly #opened = new Map<string, Opened>();

  constructor(guard: Guard) {
    this.#guard = guard;
  }

  /** The relay of a session of MCP, or `undefined` if the server has not opened it through this guard. */
  find(session: string): Relay | undefined {
    return this.#use(buildSessionKey(session));
  }

  /** The server opened a session for the client of a relay. */
  add(session: string, relay: Relay, client: ClientFacts | undefined): void {
    const key = buildSessionKey(session);
    // The owner of a session stays, whatever the server says later.
    if (!this.#opened.has(key)) this.#add(key, relay, buildSubjectKey(client));
  }

  /** The relay of a client whose requests name no session, or `undefined` if it has sent none yet. */
  findRelay(client: ClientFacts | undefined): Relay | undefined {
    const relay = this.#use(buildSubjectKey(client));
    if (client !== undefined) relay?.identify(client);
    return relay;
  }

  openRelay(client: ClientFacts | undefined): Relay {
    const existingRelay = this.findRelay(client);
    if (existingRelay !== undefined) return existingRelay;
    const relay = this.#guard.connect(client);
    this.#add(buildSubjectKey(client), relay, buildSubjectKey(client));
    return relay;
  }

  /**
   * A client was initialized by a relay of its own. If the server has opened no session for it, the relay becomes that of its
   * subject, or the one that the subject has takes over: it knows the ids that the server has not answered.
   */
  settle(relay: Relay, client: ClientFacts | undefined): void {
    if ([...this.#opened.values()].some((opened) => opened.relay === relay)) return;
    const existingRelay = this.findRelay(client);
    if (existingRelay === undefined) {
      this.#add(buildSubjectKey(client), relay, buildSubjectKey(client));
    } else {
      existingRelay.adoptCapabilities(relay);
      this.#guard.disconnect(relay);
    }
  }

  remove(session: string): void {
    this.#end(buildSessionKey(session));
  }

  close(): void {
    for (const key of [...this.#opened.keys()]) this.#end(key);
  }

  #use(key: string): Relay | undefined {
    const opened = this.#opened.get(key);
    if (opened === undefined) return undefined;
    this.#opened.delete(key);
    this.#opened.set(key, opened);
    return opened.relay;
  }

  #add(key: string, relay: Relay, subject: string): void {
    const own = [...this.#opened].filter(([, opened]) => opened.subject === subject);
    if (own.length >= maxRelaysOfSubject) this.#end(own[0]?.[0]);
    else if (this.#opened.size >= maxRelays) this.#end([...this.#opened.keys()][0]);
    this.#opened.set(key, { relay, subject });
  }

  #end(key: string | undefined): void {
    const opened = key === undefined ? undefined : this.#opened.get(key);
    if (key === undefined || opened === undefined) return;
    this.#opened.delete(key);
    this.#guard.disconnect(opened.relay);
  }
}

function buildSessionKey(session: string): string {
  return `session ${session}`;
}

function buildSubjectKey(client: ClientFacts | undefined): string {
  return `subject ${JSON.stringify([client?.identity.type, client?.identity.id])}`;
}

// The gate of a relay, and the only place that decides whether its client may be served at all: it is not revoked, its token has
// not expired, and the state that would contain a revoke can be read. The relay has no other way to a client or a server
// than a `Passage`: what one of them sends passes to the other only while the gate is open, and what the guard itself says
// (a refusal, a cancellation) always does.

import type { ClientFacts } from './client.ts';
import type { ClientPeer, Peer } from './peer.ts';
import type { Permission } from './permission.ts';
import type { RelayClient } from './relay-client.ts';
import type { RelayOptions } from './relay-options.ts';

export class Gate {
  readonly #client: RelayClient;
  readonly #options: Pick<RelayOptions, 'closedReason' | 'now'>;

  constructor(client: RelayClient, options: Pick<RelayOptions, 'closedReason' | 'now'>) {
    this.#client = client;
    this.#options = options;
  }

  /** Why nothing passes in either direction, or `undefined` if it does, as far as it is permitted. */
  closedReason(facts: ClientFacts = this.#client.facts): string | undefined {
    const { session, facts: known, hasEnded } = this.#client;
    if (hasEnded) return 'the connection has ended';
    const { validUntil } = facts;
    if (validUntil !== undefined && validUntil <= this.#options.now()) return tokenExpired;
    return session === undefined ? this.#options.closedReason(known) : session.closedReason;
  }

  /** The way between two peers: the connection on which a message came or goes. */
  passage(client: ClientPeer, server: Peer): Passage {
    const { facts = this.#client.facts } = client;
    return new Passage(() => this.closedReason(client.facts), facts, { client, server });
  }
}

/** Why the client of an expired token gets nothing. */
export const tokenExpired = 'the token has expired';

export class Passage {
  /**
   * The client, as the transport vouches for it on this connection. What comes or goes here is decided with these facts: others
   * may come by another connection of the same relay at the same time.
   */
  readonly facts: ClientFacts;
  readonly #closedReason: () => string | undefined;
  readonly #client: Peer;
  readonly #server: Peer;

  constructor(
    closedReason: () => string | undefined,
    facts: ClientFacts,
    { client, server }: { readonly client: Peer; readonly server: Peer },
  ) {
    this.facts = facts;
    this.#closedReason = closedReason;
    this.#client = client;
    this.#server = server;
  }

  /** Why nothing passes now, or `undefined` if it does. */
  get closedReason(): string | undefined {
    return this.#closedReason();
  }

  /** Sends the client something of the server, or a question of the guard. Returns false, and sends nothing, if the gate is closed. */
  passToClient(message: Uint8Array | string): boolean {
    if (this.closedReason !== undefined) return false;
    this.#client.send(message);
    return true;
  }

  /** Sends the server something of the client. Returns false, and sends nothing, if the gate is closed. */
  passToServer(message: Uint8Array | string, permission?: Permission): boolean {
    if (this.closedReason !== undefined) return false;
    this.#server.send(message, permission);
    return true;
  }

  /** Sends the client what the guard itself says: a refusal, or that it no longer waits for an answer. */
  tellClient(message: string): void {
    this.#client.send(message);
  }

  /** Sends the server what the guard itself says: a refusal of its request, a cancellation, or a request of the guard. */
  tellServer(message: string): void {
    this.#server.send(message);
  }
}

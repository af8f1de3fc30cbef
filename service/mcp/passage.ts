// The way between the client and the server of a relay, which is open only while its gate is.

import type { Permission } from './calls/permission.ts';
import type { ClientFacts } from './client.ts';
import type { ClientPeer, Peer, Stopping } from './peer.ts';
import type { MessageId } from './protocol/message.ts';
import { createCancellationMessage } from './protocol/replies.ts';

/** Why the client of an expired token gets nothing. */
export const tokenExpired = 'the token has expired';

/** Why nothing of a request reaches its client. */
export const clientLeft = 'the client has closed its connection';

export class Passage {
  /**
   * The client, as the transport vouches for it on this connection. What comes or goes here is decided with these facts: others
   * may come by another connection of the same relay at the same time.
   */
  readonly facts: ClientFacts;
  readonly #gate: object;
  readonly #closedReason: () => string | undefined;
  readonly #client: ClientPeer;
  readonly #server: Peer;

  constructor(
    gate: object,
    closedReason: () => string | undefined,
    facts: ClientFacts,
    { client, server }: { readonly client: ClientPeer; readonly server: Peer },
  ) {
    this.#gate = gate;
    this.facts = facts;
    this.#closedReason = closedReason;
    this.#client = client;
    this.#server = server;
  }

  /** Whether it leads through a gate: that of its relay. */
  leadsThroughGate(gate: object): boolean {
    return this.#gate === gate;
  }

  /** Why nothing passes now, or `undefined` if it does. */
  get closedReason(): string | undefined {
    return this.#closedReason();
  }

  /** Why nothing reaches the client now, or `undefined` if it does: also because the client has closed its connection. */
  get withheldReason(): string | undefined {
    return this.closedReason ?? this.leftReason;
  }

  /** Why nothing reaches the client although the gate is open, or `undefined` if its connection is. */
  get leftReason(): string | undefined {
    return this.#client.hasLeft?.() === true ? clientLeft : undefined;
  }

  /** Sends the client something of the server, or a question of the guard. Returns false, and sends nothing, if it is withheld. */
  passToClient(message: Uint8Array | string): boolean {
    if (this.withheldReason !== undefined) return false;
    this.#client.send(message);
    return true;
  }

  /** Sends the server something of the client. Returns false, and sends nothing, if the gate is closed. */
  passToServer(message: Uint8Array | string, permission?: () => Permission): boolean {
    if (this.closedReason !== undefined) return false;
    this.#server.send(message, permission);
    return true;
  }

  /** Sends the client what the guard itself says: a refusal, or that it no longer waits for an answer. */
  tellClient(message: string): void {
    this.#client.send(message);
  }

  /** Sends the server what the guard itself says: a refusal of its request, or a request of the guard. */
  tellServer(message: string): void {
    if (this.#server.tell === undefined) this.#server.send(message);
    else this.#server.tell(message);
  }

  /** Cancels a request that this passage sent to the server. Resolves with what became of the cancellation. */
  stopAtServer(id: MessageId, reason: string): Promise<Stopping> {
    if (this.#server.stop !== undefined) return this.#server.stop(id, reason);
    this.#server.send(createCancellationMessage(id, reason));
    return Promise.resolve('taken');
  }
}

// The gate of a relay, and the only place that decides whether its client may be served at all: it is not revoked, its token has
// not expired, the guard does not end, and the state that would contain a revoke can be read. The relay has no other way to a client or a server
// than a `Passage`: what one of them sends passes to the other only while the gate is open, and what the guard itself says
// (a refusal, a cancellation) always does.

import type { ClientFacts } from './client.ts';
import { Passage, tokenExpired } from './passage.ts';
import type { ClientPeer, Peer } from './peer.ts';
import type { RelayClient } from './relay-client.ts';
import type { RelayOptions } from './relay-options.ts';

export class Gate {
  readonly #client: RelayClient;
  readonly #options: Pick<RelayOptions, 'closedReason' | 'now' | 'state'>;

  constructor(client: RelayClient, options: Pick<RelayOptions, 'closedReason' | 'now' | 'state'>) {
    this.#client = client;
    this.#options = options;
  }

  /** Why nothing passes in either direction, or `undefined` if it does, as far as it is permitted. */
  explainClosing(facts: ClientFacts = this.#client.facts): string | undefined {
    const { session, facts: known, hasEnded } = this.#client;
    if (hasEnded) return 'the connection has ended';
    const { endReason } = this.#options.state;
    if (endReason !== undefined) return endReason;
    const { validUntil } = facts;
    if (validUntil !== undefined && validUntil <= this.#options.now()) return tokenExpired;
    return session === undefined ? this.#options.closedReason(known) : session.closedReason;
  }

  /** The way between two peers: the connection on which a message came or goes. */
  passage(client: ClientPeer, server: Peer): Passage {
    const { facts = this.#client.facts } = client;
    const explainPassageClosing = () => this.explainClosing(client.facts);
    return new Passage(this, explainPassageClosing, facts, { client, server });
  }
}

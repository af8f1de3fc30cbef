// Which request of a client an id of its relay means: the latest one with the id. The connection of one that was answered elsewhere can
// last after another one has got its id.

import { buildIdKey, type MessageId } from '../../protocol/message.ts';
import type { Relay } from '../../relay.ts';

export class LatestRequests {
  readonly #relays = new WeakMap<Relay, Map<string, object>>();

  /** A request begins. The returned function returns whether it has not ended, and is called until then. */
  begin(relay: Relay, id: MessageId): () => boolean {
    // A request with an id that is in use will be refused.
    if (relay.isOpen(id)) return () => false;
    const latest = this.#relays.get(relay) ?? new Map<string, object>();
    this.#relays.set(relay, latest);
    const [key, own] = [buildIdKey(id), {}];
    latest.set(key, own);
    return () => {
      if (latest.get(key) !== own) return false;
      const isOpen = relay.isOpen(id);
      if (!isOpen) latest.delete(key);
      return isOpen;
    };
  }
}

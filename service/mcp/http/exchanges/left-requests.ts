// The requests whose clients have closed the connections of their answers, although the server may go on. Before 2026-07-28 a client can
// continue the stream of an answer from an event of it: until then, for a while, the request goes on. All others are left at once.

import type { Relay } from '../../relay.ts';

/** How long a client may take to continue a stream, in milliseconds. */
const resumePeriod = 60_000;

interface LeftRequest {
  /** Whether it has not ended. */
  readonly isOpen: () => boolean;
  /** Called when the client has not come back. */
  readonly leave: () => void;
  timer: ReturnType<typeof setTimeout> | undefined;
}

interface RelayRequests {
  readonly left: Set<LeftRequest>;
  /** The number of streams that continue others. */
  streams: number;
}

export class LeftRequests {
  readonly #relays = new Map<Relay, RelayRequests>();
  readonly #period: number;

  constructor(period = resumePeriod) {
    this.#period = period;
  }

  /** The client has closed the connection of a request, and can continue its stream. `leave`: called if it does not. */
  add(relay: Relay, isOpen: () => boolean, leave: () => void): void {
    this.#dropEnded(relay);
    const requests = this.#open(relay);
    const left: LeftRequest = { isOpen, leave, timer: undefined };
    requests.left.add(left);
    if (requests.streams === 0) this.#wait(relay, requests, left);
  }

  /** A client continues a stream: which one is known to the server alone. The returned function is called when it has ended. */
  resume(relay: Relay): () => void {
    const requests = this.#open(relay);
    requests.streams += 1;
    for (const { timer } of requests.left) clearTimeout(timer);
    return () => {
      requests.streams -= 1;
      this.#dropEnded(relay);
      if (requests.streams > 0) return;
      for (const left of requests.left) this.#wait(relay, requests, left);
    };
  }

  /** Forgets the requests that the server has answered. */
  #dropEnded(relay: Relay): void {
    const requests = this.#relays.get(relay);
    for (const left of requests?.left ?? []) {
      if (!left.isOpen()) this.#drop(requests, left);
    }
    if (requests?.streams === 0 && requests.left.size === 0) this.#relays.delete(relay);
  }

  close(): void {
    for (const { left } of this.#relays.values()) {
      for (const { timer } of left) clearTimeout(timer);
    }
    this.#relays.clear();
  }

  #open(relay: Relay): RelayRequests {
    const requests = this.#relays.get(relay) ?? { left: new Set(), streams: 0 };
    this.#relays.set(relay, requests);
    return requests;
  }

  #wait(relay: Relay, requests: RelayRequests, left: LeftRequest): void {
    clearTimeout(left.timer);
    left.timer = setTimeout(() => {
      this.#drop(requests, left);
      if (left.isOpen()) left.leave();
      this.#dropEnded(relay);
    }, this.#period);
    left.timer.unref();
  }

  #drop(requests: RelayRequests | undefined, left: LeftRequest): void {
    clearTimeout(left.timer);
    requests?.left.delete(left);
  }
}

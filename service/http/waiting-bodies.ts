// Bounds the memory of requests whose bodies are on their way: senders may send the first part of a long body and then
// nothing. If too many bytes wait, the connections whose bodies began first are closed, those of the caller with more bytes than
// others first: a body that is sent at once is never among them for long.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';

interface WaitingBody {
  readonly socket: Socket;
  /** Who sends it, as far as that is known. */
  readonly sender: string;
  /** The bytes that had been read from the connection before the request. */
  readonly start: number;
}

/** Bodies that are not longer take little memory, even one on each connection. */
const maxShort = 4_096;
/** How often the bytes are added up, in milliseconds. */
const interval = 50;
/** How often an operator learns of closed connections, in milliseconds. */
const warningInterval = 60_000;

export class WaitingBodies {
  readonly #maxBytes: number;
  readonly #onWarning: (warning: string) => void;
  /** In the order in which they began. */
  readonly #bodies = new Map<IncomingMessage, WaitingBody>();
  /** The bytes that had been read from a connection after its latest request. */
  readonly #read = new WeakMap<Socket, number>();
  readonly #timer: ReturnType<typeof setInterval>;
  #warnedAt = Number.NEGATIVE_INFINITY;

  constructor(maxBytes: number, onWarning: (warning: string) => void) {
    this.#maxBytes = maxBytes;
    this.#onWarning = onWarning;
    this.#timer = setInterval(() => this.#expectRoom(), interval);
    this.#timer.unref();
  }

  /** The body of a request begins to arrive. The returned function is called when all of it has arrived. */
  add(request: IncomingMessage, sender: string): () => void {
    const { socket, headers } = request;
    if (Number(headers['content-length']) <= maxShort) return () => {};
    const done = () => {
      if (this.#bodies.delete(request)) this.#read.set(socket, socket.bytesRead);
    };
    this.#bodies.set(request, { socket, sender, start: this.#read.get(socket) ?? 0 });
    request.once('close', done);
    return done;
  }

  end(): void {
    clearInterval(this.#timer);
  }

  #expectRoom(): void {
    let total = 0;
    const bytes = new Map<string, number>();
    for (const body of this.#bodies.values()) {
      const waiting = bytesOf(body);
      total += waiting;
      bytes.set(body.sender, (bytes.get(body.sender) ?? 0) + waiting);
    }
    if (total <= this.#maxBytes) return;
    const senders = [...bytes].sort(([, one], [, other]) => other - one);
    for (const [sender] of senders) {
      for (const body of this.#bodies.values()) {
        if (body.sender !== sender) continue;
        total -= bytesOf(body);
        body.socket.destroy();
        if (total > this.#maxBytes / 2) continue;
        this.#warn(sender);
        return;
      }
    }
  }

  #warn(sender: string): void {
    const now = performance.now();
    if (now - this.#warnedAt < warningInterval) return;
    this.#warnedAt = now;
    this.#onWarning(`connections of ${sender} were closed: their requests arrive too slowly`);
  }
}

function bytesOf({ socket, start }: WaitingBody): number {
  return socket.bytesRead - start;
}

// Connections between machines of a test: proxies that can be cut without a word, as a network is, or slowed down.

import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

export class Link {
  readonly port: number;
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #isCut = false;
  #delay = 0;

  /** `target`: the port on this machine that the link leads to. */
  static async open(target: number): Promise<Link> {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return new Link(server, address.port, target);
  }

  private constructor(server: Server, port: number, target: number) {
    this.port = port;
    this.#server = server;
    server.on('connection', (near) => {
      const far = connect({ port: target, host: '127.0.0.1', noDelay: true });
      const pair = new Pair(near, far, () => this.#delay);
      this.#pairs.add(pair);
      near.once('close', () => this.#pairs.delete(pair));
      if (this.#isCut) pair.stop();
    });
  }

  /** Nothing arrives any more, and nobody learns of it; connections stay open. */
  cut(): void {
    this.#isCut = true;
    for (const pair of this.#pairs) pair.stop();
  }

  /** Every message takes this time longer, in milliseconds. */
  slow(delay: number): void {
    this.#delay = delay;
  }

  heal(): void {
    this.#delay = 0;
    if (!this.#isCut) return;
    this.#isCut = false;
    // Data that was sent meanwhile is lost, so the connections are, too.
    for (const pair of this.#pairs) pair.end();
  }

  close(): void {
    for (const pair of this.#pairs) pair.end();
    this.#server.close();
  }
}

class Pair {
  readonly #near: Socket;
  readonly #far: Socket;
  #isStopped = false;

  constructor(near: Socket, far: Socket, delay: () => number) {
    this.#near = near;
    this.#far = far;
    this.#forward(near, far, delay);
    this.#forward(far, near, delay);
  }

  #forward(from: Socket, to: Socket, delay: () => number): void {
    /** The instant before which nothing is delivered, so that the order stays. */
    let next = 0;
    const later = (work: () => void) => {
      const now = performance.now();
      const at = Math.max(next, now + delay());
      next = delay() === 0 && at <= now ? 0 : at;
      if (at <= now) work();
      else setTimeout(work, at - now);
    };
    from.on('data', (data) => later(() => this.#isStopped || to.destroyed || to.write(data)));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      if (!this.#isStopped) to.destroy();
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#near.pause();
    this.#far.pause();
  }

  end(): void {
    this.#near.destroy();
    this.#far.destroy();
  }
}

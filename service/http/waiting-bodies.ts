// Bounds the memory of requests whose bodies are on their way: senders may send the first part of a long body and then
// nothing. If too many bytes wait, connections are closed.

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { WaitingBytes } from './waiting-bytes.ts';

/** Bodies that are not longer take little memory, even one on each connection. */
const maxShort = 4_096;

export class WaitingBodies {
  readonly #bytes: WaitingBytes;
  /** The bytes that had been read from a connection after its latest request. */
  readonly #read = new WeakMap<Socket, number>();

  constructor(maxBytes: number, onWarning: (warning: string) => void) {
    this.#bytes = new WaitingBytes(maxBytes, (sender) =>
      onWarning(`connections of ${sender} were closed: their requests arrive too slowly`),
    );
  }

  /** The body of a request begins to arrive. The returned function is called when all of it has arrived. */
  add(request: IncomingMessage, sender: string): () => void {
    const { socket, headers } = request;
    if (Number(headers['content-length']) <= maxShort) return () => {};
    const start = this.#read.get(socket) ?? 0;
    const remove = this.#bytes.add({
      owner: sender,
      size: () => socket.bytesRead - start,
      end: () => socket.destroy(),
    });
    let isWaiting = true;
    const finish = () => {
      if (isWaiting) this.#read.set(socket, socket.bytesRead);
      isWaiting = false;
      remove();
    };
    request.once('close', finish);
    return finish;
  }

  end(): void {
    this.#bytes.close();
  }
}

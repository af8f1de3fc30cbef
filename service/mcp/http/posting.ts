// One message of a client on its way to the server. Since 2026-07-28 the end of its connection is the cancellation of a request, so that
// the server treats it as one regardless of why the connection ends. In earlier revisions it says nothing; but a request that the
// server has not read completely does not begin.

import { endsWithConnection, type Sent } from './exchanges/exchange.ts';
import type { startReading } from './upstream/reading.ts';

/** The length of a message from which it may not have arrived as a whole: a shorter one fits into the buffers of its connection. */
const maxUnread = 16_384;

export class Posting {
  readonly sent: Sent;
  readonly message: Uint8Array | string;
  #reading: Pick<ReturnType<typeof startReading>, 'abandon'> | undefined;
  #hasResponse = false;
  #isStopped = false;

  constructor(sent: Sent, message: Uint8Array | string) {
    this.sent = sent;
    this.message = message;
  }

  begin(reading: Pick<ReturnType<typeof startReading>, 'abandon'>): void {
    this.#reading = reading;
  }

  /** The server begins to answer: it has read the whole message. */
  noteResponse(): void {
    this.#hasResponse = true;
  }

  /** Whether the guard ended the connection to stop the request. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Ends the connection if that stops the request. Returns whether nothing else can stop it. */
  stop(): boolean {
    const isUnread = !this.#hasResponse && this.message.length > maxUnread;
    const isEnough = endsWithConnection(this.sent);
    if (isEnough || isUnread) {
      this.#isStopped = true;
      this.#reading?.abandon('the request was cancelled');
    }
    return isEnough;
  }
}

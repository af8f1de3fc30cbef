// Verifications of a stream (SSF 1.0, section 8.1.4): requests an event with a random state, and waits until it arrives.

import { randomUUID } from 'node:crypto';
import type { StreamClient } from './stream-client.ts';

/** How long an answer to a verification may take, in milliseconds. */
const verificationTimeout = 30_000;

export class Verifications {
  readonly #now: () => number;
  /** States of verifications that were requested, and who waits for them. */
  readonly #requested = new Map<string, () => void>();
  #latest: number | undefined;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** When the transmitter answered the latest one, in milliseconds since the epoch. */
  get latest(): number | undefined {
    return this.#latest;
  }

  /** The transmitter verified the stream without a request. */
  countUnrequested(): void {
    this.#latest = this.#now();
  }

  /** The transmitter answered. Returns whether a verification with this state was requested. */
  takeAnswer(state: string): boolean {
    const resolve = this.#requested.get(state);
    if (resolve === undefined) return false;
    this.#latest = this.#now();
    resolve();
    return true;
  }

  /**
   * Rejects if the requested event does not arrive. `onRequested`: called after the request, regardless of its success, so
   * that a transmitter never has to answer two requests at once while a stream is set up.
   */
  async request(client: StreamClient, stream: string, onRequested: () => void): Promise<void> {
    const state = randomUUID();
    const answered = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), verificationTimeout);
      timer.unref();
      this.#requested.set(state, () => {
        clearTimeout(timer);
        resolve(true);
      });
    });
    try {
      await client.verify(stream, state).finally(onRequested);
      if (!(await answered)) throw new Error('the transmitter did not verify the stream in time');
    } finally {
      this.#requested.delete(state);
    }
  }
}

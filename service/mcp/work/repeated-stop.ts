// The cancellation of one request, repeated: a server ignores one that comes before the whole request, is too busy for it, or cannot be
// reached for a while. So it is sent after growing delays until the server has answered the request, or has taken it several times.

import type { Stopping } from '../peer.ts';
import { repeatDelay } from './repeat-delay.ts';

/** How often the server takes a cancellation without an answer: by doubled delays, that is some nine minutes. */
const maxTaken = 10;

export class RepeatedStop {
  readonly #send: () => Promise<Stopping>;
  #attempts = 0;
  #taken = 0;
  #hasEnded = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `send`: sends one cancellation. */
  constructor(send: () => Promise<Stopping>) {
    this.#send = send;
    void this.#attempt();
  }

  /** Whether the server has taken a cancellation, or needs none any more. */
  get isTaken(): boolean {
    return this.#taken > 0 || this.#hasEnded;
  }

  async #attempt(): Promise<void> {
    this.#attempts += 1;
    const result = await this.#send();
    if (result === 'taken') this.#taken += 1;
    if (result === 'ended') this.end();
    if (this.#hasEnded || this.#taken >= maxTaken) return;
    this.#timer = setTimeout(() => void this.#attempt(), repeatDelay(this.#attempts));
    this.#timer.unref();
  }

  /** The server has answered the request, or nobody can stop it any more. */
  end(): void {
    this.#hasEnded = true;
    clearTimeout(this.#timer);
  }
}

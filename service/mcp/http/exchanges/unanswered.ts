// The requests to the server that it has not answered, for one request of a client. When the client has left, the server has
// some time to answer: what it answers is an outcome.

/** How long the server has to answer a client that has left, in milliseconds. */
const lateAnswerPeriod = 600_000;

export class Unanswered {
  readonly #controller = new AbortController();
  readonly #onEnd: () => void;
  #count = 0;
  #hasLeft = false;
  #isHandedOver = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `onEnd`: called when the client has left and the server has answered everything. */
  constructor(onEnd: () => void) {
    this.#onEnd = onEnd;
  }

  /** Aborted when no answer matters any more. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async wait<Result>(sent: Promise<Result>): Promise<Result> {
    this.#count += 1;
    try {
      return await sent;
    } finally {
      this.#count -= 1;
      this.#endIfAnswered();
    }
  }

  /** The client can continue the stream of its answer elsewhere: that of the server ends, and the request goes on. */
  releaseStream(): void {
    this.#isHandedOver = true;
    this.abort();
  }

  get isHandedOver(): boolean {
    return this.#isHandedOver;
  }

  leave(): void {
    this.#hasLeft = true;
    this.#timer = setTimeout(() => this.abort(), lateAnswerPeriod);
    this.#timer.unref();
    this.#endIfAnswered();
  }

  abort(): void {
    this.#controller.abort();
  }

  #endIfAnswered(): void {
    if (!this.#hasLeft || this.#count > 0) return;
    clearTimeout(this.#timer);
    this.#onEnd();
  }
}

// Keeps calls of a store from going on until a test opens it, so that requests wait for their turn as long as it wants.

export class StoreGate {
  #remaining = Number.POSITIVE_INFINITY;
  #open = () => {};
  #opened = Promise.resolve();
  #reach = () => {};
  /** Resolves when a call waits. */
  reached = new Promise<void>(() => {});

  /** Closes after this number of further calls. */
  closeLater(calls: number): void {
    this.#remaining = calls;
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
    this.#opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  open(): void {
    this.#remaining = Number.POSITIVE_INFINITY;
    this.#open();
  }

  async pass(): Promise<void> {
    this.#remaining -= 1;
    if (this.#remaining >= 0) return;
    this.#reach();
    await this.#opened;
  }
}

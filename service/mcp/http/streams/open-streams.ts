// Limits the streams of messages that servers send on their own: each also has a connection to the server.

/** The number of streams that may be open, and that one identified subject may have. */
const maxStreams = 1_000;
const maxStreamsOfSubject = 100;

export class OpenStreams {
  readonly #counts = new Map<string, number>();
  #size = 0;

  /** Why no stream can be opened, or `undefined` if it can. `isNamed`: whether others have other owners. */
  findProblem(owner: string, isNamed: boolean): string | undefined {
    if (this.#size >= maxStreams) return `no more than ${maxStreams} streams may be open`;
    if (!isNamed || (this.#counts.get(owner) ?? 0) < maxStreamsOfSubject) return undefined;
    return `no more than ${maxStreamsOfSubject} streams of one subject may be open`;
  }

  add(owner: string): void {
    this.#size += 1;
    this.#counts.set(owner, (this.#counts.get(owner) ?? 0) + 1);
  }

  remove(owner: string): void {
    this.#size -= 1;
    const count = (this.#counts.get(owner) ?? 1) - 1;
    if (count === 0) this.#counts.delete(owner);
    else this.#counts.set(owner, count);
  }
}

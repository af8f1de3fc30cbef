// The event streams of a transmitter as they are stored, and now: other processes may change them, too.

import { Problem } from '../../pdp/problem.ts';
import type { OutgoingSets } from '../store/signal-store.ts';
import { parseStream, type Stream, toStoredStream } from './stream.ts';

export class StreamRegistry {
  readonly #store: OutgoingSets;
  readonly #streams = new Map<string, Stream>();
  /** The streams as they are stored, by id. */
  readonly #texts = new Map<string, string>();

  constructor(store: OutgoingSets) {
    this.#store = store;
  }

  /** Reads the streams again. */
  async load(): Promise<void> {
    const stored = await this.#store.streams();
    const ids = new Set(stored.map(({ id }) => id));
    for (const id of this.#streams.keys()) if (!ids.has(id)) this.#forget(id);
    for (const storedStream of stored) {
      const { id, text } = storedStream;
      if (this.#texts.get(id) === text) continue;
      this.#texts.set(id, text);
      this.#streams.set(id, parseStream(storedStream));
    }
  }

  /** The streams as they were read last. */
  get all(): readonly Stream[] {
    return [...this.#streams.values()];
  }

  /** The length of the stored texts of a receiver's streams, except for one. */
  lengthOfOthers({ receiver, id }: Stream): number {
    const others = this.all.filter((stream) => stream.receiver === receiver && stream.id !== id);
    return others.reduce((sum, stream) => sum + (this.#texts.get(stream.id)?.length ?? 0), 0);
  }

  get(id: string): Stream | undefined {
    return this.#streams.get(id);
  }

  /** A stream of a receiver as it is now. Rejects with a `Problem` if the receiver has none with this id. */
  async expect(receiver: string, id: string): Promise<Stream> {
    await this.load();
    const stream = this.#streams.get(id);
    if (stream?.receiver === receiver) return stream;
    throw createNoStreamProblem();
  }

  async create(stream: Stream): Promise<void> {
    if (!(await this.#put(stream, undefined))) {
      throw new Error(`broken invariant: a stream has the id ${stream.id} already`);
    }
  }

  /**
   * Changes a stream, and resolves with the new one, or `undefined` if it does not exist. If somebody else changes it meanwhile,
   * `change` runs again on what it is then.
   */
  async change(id: string, change: (stream: Stream) => Stream): Promise<Stream | undefined> {
    for (;;) {
      await this.load();
      const stream = this.#streams.get(id);
      if (stream === undefined) return undefined;
      const previous = this.#texts.get(id);
      const changed = change(stream);
      if (await this.#put(changed, previous)) return changed;
    }
  }

  async #put(stream: Stream, previous: string | undefined): Promise<boolean> {
    const stored = toStoredStream(stream);
    if (!(await this.#store.putStream(stored, previous))) return false;
    this.#streams.set(stream.id, stream);
    this.#texts.set(stream.id, stored.text);
    return true;
  }

  /** Removes a stream with what waits for its receiver. */
  async delete(id: string): Promise<void> {
    await this.#store.deleteStream(id);
    this.#forget(id);
  }

  #forget(id: string): void {
    this.#streams.delete(id);
    this.#texts.delete(id);
  }
}

export function createNoStreamProblem(): Problem {
  return new Problem(404, 'no such stream', { code: 'no_stream' });
}

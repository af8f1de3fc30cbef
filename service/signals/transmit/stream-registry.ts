// The event streams of a transmitter as they are stored, and now: other processes may change them, too.

import { Problem } from '../../pdp/problem.ts';
import type { OutgoingSets } from '../store/signal-store.ts';
import { type Stream, storedStream, streamIn } from './stream.ts';

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
    for (const each of stored) {
      const { id, text } = each;
      if (this.#texts.get(id) === text) continue;
      this.#texts.set(id, text);
      this.#streams.set(id, streamIn(each));
    }
  }

  /** The streams as they were read last. */
  get all(): readonly Stream[] {
    return [...this.#streams.values()];
  }

  get(id: string): Stream | undefined {
    return this.#streams.get(id);
  }

  /** A stream of a receiver as it is now. Rejects with a `Problem` if the receiver has none with this id. */
  async expect(receiver: string, id: string): Promise<Stream> {
    await this.load();
    const stream = this.#streams.get(id);
    if (stream?.receiver === receiver) return stream;
    throw new Problem(404, 'no such stream', { code: 'no_stream' });
  }

  async put(stream: Stream): Promise<void> {
    const stored = storedStream(stream);
    await this.#store.putStream(stored);
    this.#streams.set(stream.id, stream);
    this.#texts.set(stream.id, stored.text);
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

// The requests of one side that the other side has not answered. An id is reserved until its answer came, also if nobody waits
// for the answer any more: it would be taken for the answer to another request.

import type { MessageId } from '../protocol/message.ts';

/** The number of requests that may wait for an answer. A side that never answers must not use up the memory. */
export const maxOpenRequests = 10_000;

interface Open<Request> {
  readonly id: MessageId;
  /** `undefined` if nobody waits for the answer. */
  readonly request: Request | undefined;
  /** The length of what is stored of it. */
  readonly bytes: number;
}

export class OpenRequests<Request> {
  readonly #open = new Map<string, Open<Request>>();
  #bytes = 0;

  get size(): number {
    return this.#open.size;
  }

  /** The length of the requests that are not answered, also of those that nobody waits for: the other side still has them. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Whether the id is reserved. Some readers do not distinguish 1 and "1". */
  has(id: MessageId): boolean {
    return this.#open.has(String(id));
  }

  /** The request with exactly this id, or `undefined` if nobody waits for its answer. */
  find(id: MessageId): Request | undefined {
    const open = this.#open.get(String(id));
    return open?.id === id ? open.request : undefined;
  }

  /** The request with an id in any spelling, or `undefined` if nobody waits for its answer. */
  findInAnySpelling(id: MessageId): Request | undefined {
    return this.#open.get(String(id))?.request;
  }

  /** The requests that are not answered, without those that were abandoned. */
  get all(): readonly Request[] {
    const requests = [...this.#open.values()].map(({ request }) => request);
    return requests.filter((request) => request !== undefined);
  }

  /** `bytes`: the length of the request. */
  add(id: MessageId, request: Request, bytes = 0): void {
    this.#open.set(String(id), { id, request, bytes });
    this.#bytes += bytes;
  }

  /** The request was cancelled. Returns whether its answer was waited for. */
  abandon(id: MessageId): boolean {
    const open = this.#open.get(String(id));
    if (open === undefined || this.find(id) === undefined) return false;
    this.#open.set(String(id), { ...open, request: undefined });
    return true;
  }

  /** The answer came. Returns the request, `abandoned` if nobody waits for the answer, or `undefined` if there is none. */
  take(id: MessageId): Request | 'abandoned' | undefined {
    const open = this.#open.get(String(id));
    if (open?.id !== id) return undefined;
    this.#open.delete(String(id));
    this.#bytes -= open.bytes;
    return open.request ?? 'abandoned';
  }

  clear(): void {
    this.#open.clear();
    this.#bytes = 0;
  }
}

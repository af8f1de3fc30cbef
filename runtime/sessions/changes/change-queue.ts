// Changes that wait for a reader. There is at most one per session, since a later change is merged into the
// earlier, so that a slow reader costs no more memory than the sessions, and still sees every latest answer.

import type { SessionChange } from './session-change.ts';

export class ChangeQueue implements AsyncIterableIterator<SessionChange> {
  readonly #waiting = new Map<string, SessionChange>();
  #reader: ((result: IteratorResult<SessionChange>) => void) | undefined;
  #isClosed = false;
  readonly #onReturn: () => void;

  constructor(onReturn: () => void) {
    this.#onReturn = onReturn;
  }

  push(change: SessionChange): void {
    const reader = this.#reader;
    if (reader !== undefined) {
      this.#reader = undefined;
      reader({ done: false, value: change });
      return;
    }
    const earlier = this.#waiting.get(change.id);
    // The latest change comes last.
    this.#waiting.delete(change.id);
    this.#waiting.set(change.id, earlier === undefined ? change : joinChanges(earlier, change));
  }

  next(): Promise<IteratorResult<SessionChange>> {
    const [first] = this.#waiting.values();
    if (first !== undefined) {
      this.#waiting.delete(first.id);
      return Promise.resolve({ done: false, value: first });
    }
    if (this.#isClosed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => {
      this.#reader = resolve;
    });
  }

  return(): Promise<IteratorResult<SessionChange>> {
    this.close();
    this.#waiting.clear();
    this.#onReturn();
    return Promise.resolve({ done: true, value: undefined });
  }

  /** Changes that wait are still delivered. */
  close(): void {
    this.#isClosed = true;
    this.#reader?.({ done: true, value: undefined });
    this.#reader = undefined;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function joinChanges(earlier: SessionChange, later: SessionChange): SessionChange {
  return { ...later, before: earlier.before };
}

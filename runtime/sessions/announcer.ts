// Who is told when an answer becomes another: listeners by the kind of change, and readers of all changes.

import { ChangeQueue } from './change-queue.ts';
import { type ChangeKind, kindOf, type SessionChange } from './session-change.ts';

export type Listener = (change: SessionChange) => void;

export class Announcer {
  readonly #listeners = new Map<ChangeKind, Set<Listener>>();
  readonly #queues = new Set<ChangeQueue>();
  #isEnded = false;

  on(kind: ChangeKind, listener: Listener): void {
    const known = this.#listeners.get(kind);
    if (known === undefined) this.#listeners.set(kind, new Set([listener]));
    else known.add(listener);
  }

  off(kind: ChangeKind, listener: Listener): void {
    this.#listeners.get(kind)?.delete(listener);
  }

  /** All changes from now on. */
  queue(): ChangeQueue {
    const queue: ChangeQueue = new ChangeQueue(() => this.#queues.delete(queue));
    if (this.#isEnded) queue.close();
    else this.#queues.add(queue);
    return queue;
  }

  tell(change: SessionChange): void {
    for (const listener of this.#listeners.get(kindOf(change)) ?? []) listener(change);
    for (const queue of this.#queues) queue.push(change);
  }

  end(): void {
    this.#isEnded = true;
    for (const queue of this.#queues) queue.close();
    this.#queues.clear();
  }
}

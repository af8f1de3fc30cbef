// Notifies of changes: listeners by the kind of change, and readers of all changes. Listeners are independent: an
// exception of one is reported, and the others are still called.

import { ChangeQueue } from './change-queue.ts';
import { type ChangeKind, classifySessionChange, type SessionChange } from './session-change.ts';

export type Listener = (change: SessionChange) => void;

/** Receives what a listener threw, or the reason for which its promise was rejected. */
export type ListenerErrorHandler = (error: unknown, change: SessionChange) => void;

export class Notifier {
  readonly #onError: ListenerErrorHandler;
  readonly #listeners = new Map<ChangeKind, Set<Listener>>();
  readonly #queues = new Set<ChangeQueue>();
  #isEnded = false;

  constructor(onError: ListenerErrorHandler = reportUncaught) {
    this.#onError = onError;
  }

  on(kind: ChangeKind, listener: Listener): void {
    const listeners = this.#listeners.get(kind);
    if (listeners === undefined) this.#listeners.set(kind, new Set([listener]));
    else listeners.add(listener);
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

  /** Never throws. */
  announce(change: SessionChange): void {
    for (const queue of this.#queues) queue.push(change);
    for (const listener of [...(this.#listeners.get(classifySessionChange(change)) ?? [])]) {
      this.#call(listener, change);
    }
  }

  #call(listener: Listener, change: SessionChange): void {
    try {
      const returned: unknown = listener(change);
      if (returned instanceof Promise) {
        returned.catch((error: unknown) => this.#report(error, change));
      }
    } catch (error) {
      this.#report(error, change);
    }
  }

  #report(error: unknown, change: SessionChange): void {
    try {
      this.#onError(error, change);
    } catch (another) {
      reportUncaught(another);
    }
  }

  end(): void {
    this.#isEnded = true;
    for (const queue of this.#queues) queue.close();
    this.#queues.clear();
  }
}

/** Exists in browsers and other hosts, but not in Node. */
declare const reportError: ((error: unknown) => void) | undefined;

/** Reports an uncaught error, after the current code has run. */
function reportUncaught(error: unknown): void {
  queueMicrotask(() => {
    if (typeof reportError !== 'function') throw error;
    reportError(error);
  });
}

// Revocations that took effect and could not be stored, because the state could not be written. They are stored as soon as it
// can be. Until then the engine permits nothing: after a restart, nobody would know of them.

import type { Revocation, Store } from '../store/store.ts';
import { messageOf } from '../support/message-of.ts';

/** How long after a failed attempt the next one is, in milliseconds. */
const retryInterval = 500;

export class PendingRevocations {
  readonly #store: Pick<Store, 'revoke'>;
  readonly #onWarning: (warning: string) => void;
  #pending: readonly Revocation[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(store: Pick<Store, 'revoke'>, onWarning: (warning: string) => void) {
    this.#store = store;
    this.#onWarning = onWarning;
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** Stores a revocation, at once or as soon as the state can be written. */
  add(revocation: Revocation): void {
    this.#pending = [...this.#pending, revocation];
    try {
      this.store();
    } catch (error) {
      this.#onWarning(`the revocation was not stored: ${messageOf(error)}`);
      this.#retryLater();
    }
  }

  /** Stores what is pending. Throws if it cannot be stored; then it stays pending. */
  store(): void {
    for (const revocation of this.#pending) {
      this.#store.revoke(revocation);
      this.#pending = this.#pending.filter((each) => each !== revocation);
    }
  }

  #retryLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      try {
        this.store();
        this.#onWarning('the revocation was stored now');
      } catch {
        this.#retryLater();
      }
    }, retryInterval);
    this.#timer.unref();
  }

  /** Tries for the last time. A revocation that cannot be stored is reported with the command that stores it. */
  close(): void {
    clearTimeout(this.#timer);
    try {
      this.store();
    } catch (error) {
      const problem = messageOf(error);
      for (const { subjectType, subjectId, server } of this.#pending) {
        const at = server === undefined ? '' : ` --server ${server}`;
        const command = `nhipol guard revoke ${subjectType}:${subjectId}${at}`;
        this.#onWarning(`the revocation is not stored: ${problem}: run \`${command}\``);
      }
    }
  }
}

// Revocations that took effect and could not be stored, because the state could not be written. They are stored as soon as it
// can be. Until then the engine permits nothing: after a restart, nobody would know of them.

import type { Revocation, Store } from '../store/store.ts';
import { formatErrorMessage } from '../support/message-of.ts';

/** How long after a failed attempt the next one is, in milliseconds. */
const retryInterval = 500;

export interface PendingOptions {
  readonly store: Pick<Store, 'revoke'>;
  readonly onWarning: (warning: string) => void;
  /** Returns the command that stores a revocation, or `undefined` if there is none. */
  readonly revokeCommand?: ((revocation: Revocation) => string | undefined) | undefined;
}

export class PendingRevocations {
  readonly #options: PendingOptions;
  #pending: readonly Revocation[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: PendingOptions) {
    this.#options = options;
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
      this.#options.onWarning(`the revocation was not stored: ${formatErrorMessage(error)}`);
      this.#retryLater();
    }
  }

  /** Stores what is pending. Throws if it cannot be stored; then it stays pending. */
  store(): void {
    for (const revocation of this.#pending) {
      this.#options.store.revoke(revocation);
      this.#pending = this.#pending.filter((each) => each !== revocation);
    }
  }

  #retryLater(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      try {
        this.store();
        this.#options.onWarning('the revocation was stored now');
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
      const problem = formatErrorMessage(error);
      const { onWarning, revokeCommand } = this.#options;
      for (const revocation of this.#pending) {
        const { subjectType, subjectId } = revocation;
        const command = revokeCommand?.(revocation);
        const way =
          command === undefined ? `revoke ${subjectType}:${subjectId} again` : `run \`${command}\``;
        onWarning(`the revocation is not stored: ${problem}: ${way}`);
      }
    }
  }
}

// Makes the changes of sessions durable before their callers learn of them: those of one turn of the event loop share a
// commit. The owners restrict requests in a session, so they are stored before it.

import type { Answer, Persistence, SessionStore, Sessions } from '@nhipol/runtime';
import { createRefusalAnswer } from '../../engine/answers.ts';
import { reportRefused } from '../../engine/report-refused.ts';
import { type SessionStores, serviceSessions } from '../../store/store.ts';
import { formatErrorMessage } from '../../support/message-of.ts';
import { Problem } from '../problem.ts';
import type { SessionOwners } from './session-owners.ts';

export interface SessionStorageOptions {
  readonly store: SessionStores;
  readonly sessions: Sessions;
  readonly owners: SessionOwners;
  /** Resolves when what follows from changes until now is durable: it is then sent twice rather than never. */
  readonly flushHooks: () => Promise<void>;
  readonly onWarning: (warning: string) => void;
}

export class SessionStorage {
  readonly #options: SessionStorageOptions;
  #persistence: Persistence | undefined;
  /** The commit that changes of this turn of the event loop share. */
  #commit: Promise<void> | undefined;
  #isStored = true;

  constructor(options: SessionStorageOptions) {
    this.#options = options;
  }

  /** Opens the stored sessions. */
  async restore(): Promise<void> {
    const { store, sessions, owners, onWarning } = this.#options;
    await owners.attachStore(store.sessions(serviceSessions.owners));
    const snapshots = this.#afterFollowing(store.sessions(serviceSessions.snapshots));
    this.#persistence = await sessions.attachStore(snapshots, {
      onError: (error) => this.#notStored(error),
    });
    reportRefused(this.#persistence, onWarning);
  }

  /** A store that writes sessions after what must not be lost if they are there, also if they are written by themselves. */
  #afterFollowing(store: SessionStore): SessionStore {
    return {
      read: () => store.read(),
      write: async (changed) => {
        await this.#followingSaved();
        await store.write(changed);
      },
      close: async () => store.close?.(),
    };
  }

  async #followingSaved(): Promise<void> {
    const { owners, flushHooks } = this.#options;
    await Promise.all([owners.flush(), flushHooks()]);
  }

  /** Why changes cannot be stored, or `undefined` if they can. */
  unready(): string | undefined {
    if (!this.#isStored) return 'the state cannot be stored';
    try {
      this.#options.store.expectInPlace?.();
      return undefined;
    } catch (error) {
      return `the state cannot be stored: ${formatErrorMessage(error)}`;
    }
  }

  /** Resolves when everything until now is on the disk. Throws a `Problem` if it cannot be. */
  async awaitStore(): Promise<void> {
    try {
      await this.#awaitCommit();
    } catch (error) {
      this.#notStored(error);
      const why = `the state cannot be stored: ${formatErrorMessage(error)}`;
      throw new Problem(503, why, { code: 'state_unavailable' });
    }
  }

  /** The answer when it is on the disk; a permit that cannot be stored is a denial. */
  async storeAnswer(answer: Answer): Promise<Answer> {
    try {
      await this.#awaitCommit();
      return answer;
    } catch (error) {
      this.#notStored(error);
      return answer.decision
        ? createRefusalAnswer('state_unavailable', 'the decision cannot be stored')
        : answer;
    }
  }

  #awaitCommit(): Promise<void> {
    this.#commit ??= new Promise((resolve, reject) => {
      setImmediate(() => {
        this.#commit = undefined;
        this.#followingSaved()
          .then(() => this.#persistence?.flush())
          .then(() => {
            // Also if nothing was to be stored: what was stored before must be there.
            this.#options.store.expectInPlace?.();
            this.#isStored = true;
          })
          .then(resolve, reject);
      });
    });
    return this.#commit;
  }

  #notStored(error: unknown): void {
    if (this.#isStored) {
      this.#options.onWarning(`sessions were not stored: ${formatErrorMessage(error)}`);
    }
    this.#isStored = false;
  }

  async flush(): Promise<void> {
    await this.#persistence?.flush();
    await this.#options.owners.flush();
  }
}

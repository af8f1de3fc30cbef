// A copy of a session, in which calls are evaluated that are not its latest one. It is made when it is first used, and again after
// it ended.

import type { Session } from '@nhipol/runtime';

export interface CopiedSession {
  readonly session: Session;
  readonly end: () => void;
}

export class SessionCopy {
  readonly #make: () => CopiedSession;
  #made: CopiedSession | undefined;

  constructor(make: () => CopiedSession) {
    this.#make = make;
  }

  get session(): Session {
    this.#made ??= this.#make();
    return this.#made.session;
  }

  /** The session itself changed, or the copy is not used any more. */
  end(): void {
    this.#made?.end();
    this.#made = undefined;
  }
}

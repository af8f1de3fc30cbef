// The sessions that events change, each from its opening until it is closed. An id may be used again by a session of somebody
// else, so everything that is remembered or awaited for a session belongs to its incarnation, which is never used again.

export interface Incarnation {
  readonly id: string;
  /** Whether this is the session that has the id now. */
  readonly isOpen: boolean;
}

export class Incarnations {
  readonly #open = new Map<string, { readonly id: string; isOpen: boolean }>();

  /** A session was opened, or restored. */
  open(id: string): Incarnation {
    this.close(id);
    const session = { id, isOpen: true };
    this.#open.set(id, session);
    return session;
  }

  get(id: string): Incarnation | undefined {
    return this.#open.get(id);
  }

  all(): readonly Incarnation[] {
    return [...this.#open.values()];
  }

  /** Returns the session that was closed, or `undefined` if none is open. */
  close(id: string): Incarnation | undefined {
    const session = this.#open.get(id);
    if (session === undefined) return undefined;
    session.isOpen = false;
    this.#open.delete(id);
    return session;
  }
}

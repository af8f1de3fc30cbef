// Where middleware gets its decisions: from a decision point in the same process, or from a service.

import type { Evaluation, EvaluationRequest } from '../client/index.ts';

export interface DecisionDetails {
  /** The id of the session that decides the request. */
  readonly session: string | undefined;
  /** W3C trace context: the header of the request that is decided. */
  readonly traceparent: string | undefined;
}

export type BackendEvent =
  /** The answer to the session changed, or it is known again. */
  | { readonly kind: 'changed'; readonly evaluation: Evaluation }
  /** Further changes would not be noticed. */
  | { readonly kind: 'lost'; readonly error: unknown };

export interface Backend {
  /** Rejects if the request cannot be decided. */
  readonly decide: (request: EvaluationRequest, details: DecisionDetails) => Promise<Evaluation>;
  /**
   * Calls with each event of a session until the returned function is called. Resolves when no later change is missed;
   * rejects if changes would not be noticed.
   */
  readonly watch: (session: string, listener: (event: BackendEvent) => void) => Promise<() => void>;
}

/** The listeners of sessions, by session. */
export class Listeners {
  readonly #bySession = new Map<string, Set<(event: BackendEvent) => void>>();

  get sessions(): readonly string[] {
    return [...this.#bySession.keys()];
  }

  /** Returns the function that removes the listener. */
  add(session: string, listener: (event: BackendEvent) => void): () => void {
    const listeners = this.#bySession.get(session) ?? new Set();
    // The same function may listen twice.
    const own = (event: BackendEvent) => listener(event);
    this.#bySession.set(session, listeners.add(own));
    return () => {
      listeners.delete(own);
      if (listeners.size === 0 && this.#bySession.get(session) === listeners) {
        this.#bySession.delete(session);
      }
    };
  }

  notify(session: string, event: BackendEvent): void {
    for (const listener of [...(this.#bySession.get(session) ?? [])]) listener(event);
  }

  notifyAll(event: BackendEvent): void {
    for (const session of this.sessions) this.notify(session, event);
  }
}

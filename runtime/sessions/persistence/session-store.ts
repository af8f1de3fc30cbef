// Where sessions are persisted beyond the life of a process.

export interface SessionStore {
  /** The snapshots of all sessions that were written and not closed since. */
  readonly read: () => Promise<readonly string[]>;
  /**
   * Writes the snapshots of changed sessions, by id, or `undefined` if the session was closed. Either all of them are
   * written, or none.
   */
  readonly write: (changed: ReadonlyMap<string, string | undefined>) => Promise<void>;
  /** The same as `write`, done when the call returns, and after all earlier writes. Throws if nothing was written. */
  readonly writeNow?: (changed: ReadonlyMap<string, string | undefined>) => void;
  /** Nothing is read or written afterwards. */
  readonly close?: () => Promise<void>;
}

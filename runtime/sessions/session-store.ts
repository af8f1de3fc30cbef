// Where sessions are kept beyond the life of a process.

export interface SessionStore {
  /** The texts of all sessions that were written and not closed since. */
  readonly read: () => Promise<readonly string[]>;
  /** By id the texts of sessions that are others now; undefined: it was closed. All of it is written, or none. */
  readonly write: (changed: ReadonlyMap<string, string | undefined>) => Promise<void>;
  /** Nothing more is read or written. */
  readonly close?: () => Promise<void>;
}

// The exports of a module; ABI.md describes them. Addresses and handles are unsigned, and 0 is neither.

/** Present if the policy has external tables. */
export interface TableExports {
  /** Sets the maximum memory for tables and sessions, in pages of 64 KiB; initially 0. */
  readonly limit: (pages: number) => void;
  /** The address of the name buffer. */
  readonly name: WebAssembly.Global;
  /** The number of the table whose name is in the name buffer; 0: there is none. */
  readonly table_find: (length: number) => number;
  /** Address for a document of this length; 0: there is no room. */
  readonly table_text: (length: number) => number;
  /** Loads a table from the document. Returns 0, or the address of a response that states the error. */
  readonly table_load: (table: number) => number;
  /** Empties a table: every lookup is unknown. Returns the same. */
  readonly table_drop: (table: number) => number;
}

/** Present if the module was compiled with sessions. */
export interface SessionExports {
  readonly limit: TableExports['limit'];
  readonly name: WebAssembly.Global;
  /** The address of the changes that a sweep found. */
  readonly changes: WebAssembly.Global;
  /**
   * Reads a request like `decide` and stores its facts, with the id in the name buffer. Returns the session's
   * handle, or 0: `respond` then states the error.
   */
  readonly session_open: (idLength: number, length: number, now: number) => number;
  /** Writes the id of a session to the name buffer and returns its length; 0: there is no such session. */
  readonly session_name: (handle: number) => number;
  /**
   * Applies a part of a request (RFC 7396) to the known facts; the members in `whole` that it contains are replaced
   * as a whole. Returns 0, or the address of the response of an answer with the error, and then nothing changed.
   */
  readonly session_patch: (handle: number, length: number, whole: number) => number;
  /** Sets a number, one of the encoding's `words`; 0: it was absent, and needs a patch. */
  readonly session_set: (handle: number, word: number, value: number) => number;
  /** The number of the signal whose name is in the name buffer; 0: there is none. */
  readonly signal_find: (length: number) => number;
  /**
   * Records the payload of a signal, as far as rules read it. `time`: when it occurred, NaN for now. Returns 0, or
   * the address of a response that states the error.
   */
  readonly session_record: (
    handle: number,
    signal: number,
    length: number,
    time: number,
    now: number,
  ) => number;
  /** Returns the address of a response, as `decide`. `ask`: one of `asks`. */
  readonly session_decide: (
    handle: number,
    length: number,
    now: number,
    ask: number,
    form: number,
  ) => number;
  /**
   * Whether a request could be permitted in the session; `length`: that of an action and a resource, and changes of the
   * context, 0 for the latest request. Returns the header of an answer, as `could`.
   */
  readonly session_could?: (handle: number, length: number, now: number, form: number) => number;
  /** The effect of the answer alone. */
  readonly session_effect: (handle: number, now: number) => number;
  /** Returns 0, or the address of a response that states the error. */
  readonly session_close: (handle: number) => number;
  /**
   * The address where the snapshot of a session is, or where one of this length may be written; 0: there is no
   * room.
   */
  readonly session_buffer: (length: number) => number;
  /** Writes a session's snapshot there; returns its length, or 0: `respond` then states the error. */
  readonly session_snapshot: (handle: number) => number;
  /**
   * Opens the session whose snapshot of this length is there. Returns the same as `session_open`; with a handle,
   * `respond` may also state an error: the first fact that does not fit.
   */
  readonly session_restore: (length: number) => number;
  /**
   * Evaluates again all sessions that changed or whose answer may have expired by then; with `all`, every session.
   * Returns the number of sessions with another answer; at `maxChanges` there may be more, and it must be called
   * again. Returns -1 for an invalid instant.
   */
  readonly session_sweep: (now: number, all: number) => number;
  /** When a sweep may find a change, in milliseconds: 0 at once, +Infinity never. */
  readonly session_due: () => number;
  readonly session_count: () => number;
  /** Returns the address of a response that states the error with this number, for a host that refuses a call. */
  readonly refuse: (code: number) => number;
}

/** The results of `history_restore`. */
export const restoredRecords = ['refused', 'restored', 'unused'] as const;

/** Present if the policy is about history across sessions: its records, for a host that stores them with the sessions. */
export interface HistoryExports {
  /**
   * Writes the next record that changed to the buffer of snapshots; returns its length; 0: no other one changed; -1: there is no
   * room.
   */
  readonly history_changed: () => number;
  /** Writes the record with this index, whether it changed or not; returns the same, 0 after the last one. */
  readonly history_record: (index: number) => number;
  /** Restores the record of this length that is there; returns one of `restoredRecords`. */
  readonly history_restore: (length: number) => number;
  /** Ends the restoring of a store that is not new: until now, what no record states is unknown. */
  readonly history_complete: (now: number) => void;
}

export interface ModuleExports
  extends Partial<TableExports>,
    Partial<SessionExports>,
    Partial<HistoryExports> {
  readonly memory: WebAssembly.Memory;
  readonly abi_major: WebAssembly.Global;
  readonly abi_minor: WebAssembly.Global;
  /** Address for a request of this length; 0 if it is too long. */
  readonly request: (length: number) => number;
  /**
   * Reads the request and evaluates it. `now` is in milliseconds, NaN for none; `clock` and `form` as in layout.ts.
   * Returns the address of the header of a response, or 0 if it cannot be written.
   */
  readonly decide: (length: number, now: number, clock: number, form: number) => number;
  /** Evaluates the latest request again, at another instant. */
  readonly again: (now: number, form: number) => number;
  /** Writes the response of the latest answer in another form. */
  readonly respond: (form: number) => number;
  /**
   * Evaluates the facts that the host wrote to the cells (see `Encoding`), for the selectors of the request: each
   * 1 + index into those of the encoding, 0 for a name that it does not list. `decided`: 1 if the host wrote the
   * tests' bits. Returns the same as `decide`, or 0 also if a string cannot be read.
   */
  readonly decide_facts?: (
    subject: number,
    action: number,
    resource: number,
    decided: number,
    now: number,
    clock: number,
    form: number,
  ) => number;
  /**
   * Reads a request of which members may be missing, and evaluates whether it could be permitted for some value of
   * them. Takes the same as `decide` and returns the header of an answer: `permit`, without a response, if that is
   * possible; otherwise a deny, whose reasons restrict every completion of the request.
   */
  readonly could?: (length: number, now: number, clock: number, form: number) => number;
}

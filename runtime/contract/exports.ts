// The exports of a module.

import { sessionExportTypes } from './export-types.ts';

/** Present if the manifest lists `tables`. Since 1.2. */
export interface TableExports {
  /** Reserves memory for tables, in pages of 64 KiB; returns the number of reserved pages. */
  readonly reserve: (pages: number) => number;
  /** Address for a document of this length; 0: more memory is needed. */
  readonly table_text: (length: number) => number;
  /** Loads a table, by its index in the manifest, from the document; returns the code of `outcomeLayout.code`. */
  readonly load_table: (index: number) => number;
  /** Empties a table: every lookup is unknown. */
  readonly drop_table: (index: number) => void;
  readonly table_outcome: () => number;
}

/** Present if the module was compiled with sessions. Since 1.4. */
export interface SessionExports {
  /** Reserves memory for sessions and tables, in pages of 64 KiB; returns the number of reserved pages. */
  readonly reserve: (pages: number) => number;
  /** Addresses: of up to 255 bytes for a session's id, and of the changes that a sweep found. */
  readonly session_id: WebAssembly.Global;
  readonly changes: WebAssembly.Global;
  /**
   * Reads a request like `decide` and stores its facts. Returns the session's handle, or 0: the result then has
   * the error.
   */
  readonly session_open: (length: number, idLength: number, now: number) => number;
  /**
   * Applies a part of a request (RFC 7396) to the known facts; members in `replaced` are replaced as a whole.
   * Returns 0, or the address of a result with the error, and then nothing changed.
   */
  readonly session_patch: (handle: number, length: number, replaced: number) => number;
  /** Sets a number, one of the manifest's `sessions.words`; 0: it was absent, and needs a patch. */
  readonly session_set: (handle: number, word: number, value: number) => number;
  /**
   * Records the payload of a signal, one of the manifest's `sessions.signals`, as far as rules read it. `time`:
   * when it occurred, NaN for now. Returns the same as `session_patch`.
   */
  readonly session_record: (
    handle: number,
    signal: number,
    length: number,
    time: number,
    now: number,
  ) => number;
  /** The answer, as from `decide`. `record`: 1 if the decision is taken and becomes part of the history. */
  readonly session_decide: (handle: number, now: number, record: number) => number;
  /** The effect of the answer alone. */
  readonly session_effect: (handle: number, now: number) => number;
  /** Returns 0 if there is no such session. */
  readonly session_close: (handle: number) => number;
  /**
   * The address where the snapshot of a session is, or where one of this length may be written; 0: there is no
   * room. Since 1.4.
   */
  readonly session_buffer: (length: number) => number;
  /** Writes a session's snapshot there; returns its length, or 0: the result then has the error. Since 1.4. */
  readonly session_snapshot: (handle: number) => number;
  /**
   * Opens the session whose snapshot of this length is there. Returns the same as `session_open`; the result may
   * also have an error in addition to a handle: the first fact that does not fit. Since 1.4.
   */
  readonly session_restore: (length: number) => number;
  /**
   * Evaluates again all sessions that changed or whose answer may have expired by then; with `all`, every session.
   * Returns the number of sessions with another answer; at `maxChanges` there may be more, and it must be called
   * again.
   */
  readonly session_sweep: (now: number, all: number) => number;
  /** When a sweep may find a change, in milliseconds: 0 at once, +Infinity never. */
  readonly session_due: () => number;
  readonly session_count: () => number;
}

/** The names of the session exports, for the compiler and for hosts that check that they are present. */
export const sessionExports = Object.keys(sessionExportTypes) as readonly (keyof SessionExports)[];

/** Present if the policy declares `context.call_digest`. Since 1.4. */
export interface DigestExports {
  /**
   * Address of 72 bytes where the host writes the digest of the call before it calls the module; a zero byte
   * first: no digest.
   */
  readonly call_digest: WebAssembly.Global;
  /** Address of the cell with the digest that was evaluated. */
  readonly judged_digest: WebAssembly.Global;
}

export interface ModuleExports
  extends Partial<TableExports>,
    Partial<SessionExports>,
    Partial<DigestExports> {
  readonly memory: WebAssembly.Memory;
  readonly abi_major: WebAssembly.Global;
  readonly abi_minor: WebAssembly.Global;
  /** Addresses. */
  readonly result: WebAssembly.Global;
  readonly reasons: WebAssembly.Global;
  readonly constraints: WebAssembly.Global;
  readonly placeholders: WebAssembly.Global;
  /** Since 1.1. */
  readonly properties?: WebAssembly.Global;
  readonly manifest: WebAssembly.Global;
  readonly manifest_length: WebAssembly.Global;
  /** Address for a request of this length; 0 if it is too long. */
  readonly request: (length: number) => number;
  /**
   * Reads the request and evaluates it. `now` is in milliseconds, NaN for none; `clock` as above. Returns the
   * address of the result. Constraints are cells in the manifest's order.
   */
  readonly decide: (length: number, now: number, clock: number) => number;
  /** Evaluates the latest request again, at another instant. */
  readonly again: (now: number) => number;
  /** Fills in the reasons' unknown paths, the placeholders of their messages and their properties. */
  readonly explain: () => void;
  /** The instant of evaluation in milliseconds, NaN for none. Since 1.2. */
  readonly instant?: () => number;
  /**
   * Evaluates the facts that the host wrote to the cells (see `Encoding`), for the selectors of the request: each
   * 1 + index into the manifest's, 0 for a name that it does not list. `decided`: 1 if the host wrote the tests'
   * bits. Returns the same as `decide`, or 0 if a string cannot be read. Since 1.3.
   */
  readonly decide_facts?: (
    subject: number,
    action: number,
    resource: number,
    decided: number,
    now: number,
    clock: number,
  ) => number;
}

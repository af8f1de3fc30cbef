// What a module exports.

/** There if the manifest lists `tables`. Since 1.2. */
export interface TableExports {
  /** Makes room for tables of so many pages of 64 KiB; gives how many there are. */
  readonly reserve: (pages: number) => number;
  /** Where to write a text of so many bytes; 0: more memory is missing. */
  readonly table_text: (length: number) => number;
  /** Fills a table, by its place in the manifest, from the text; gives what `outcomeLayout.code` says. */
  readonly load_table: (index: number) => number;
  /** Empties it: every look-up is unknown. */
  readonly drop_table: (index: number) => void;
  readonly table_outcome: () => number;
}

/** There if the module was compiled to hold sessions. Since 1.4. */
export interface SessionExports {
  /** Makes room for sessions and tables of so many pages of 64 KiB; gives how many there are. */
  readonly reserve: (pages: number) => number;
  /** Addresses: of up to 255 bytes for a session's id, and of what a sweep found. */
  readonly session_id: WebAssembly.Global;
  readonly changes: WebAssembly.Global;
  /**
   * Reads a request as `decide` does and keeps its facts. Gives the session's handle, or 0: the result then says
   * what is wrong.
   */
  readonly session_open: (length: number, idLength: number, now: number) => number;
  /**
   * Reads a part of a request (RFC 7396) over what is known; of `replaced` it tells the whole. Gives 0, or the address of
   * a result that says what is wrong, and then nothing changed.
   */
  readonly session_patch: (handle: number, length: number, replaced: number) => number;
  /** Puts a number into one of the manifest's `sessions.words`; 0: it was not there, and takes a patch. */
  readonly session_set: (handle: number, word: number, value: number) => number;
  /**
   * Reads what a signal tells, one of the manifest's `sessions.signals`, and keeps it as far as rules ask for it. `time`: when
   * it came about, NaN for now. Gives as `session_patch`.
   */
  readonly session_record: (
    handle: number,
    signal: number,
    length: number,
    time: number,
    now: number,
  ) => number;
  /** The answer, as `decide` gives it. `record`: 1 if the decision is taken, and so part of what happened later. */
  readonly session_decide: (handle: number, now: number, record: number) => number;
  /** Its effect alone. */
  readonly session_effect: (handle: number, now: number) => number;
  /** 0: it was none. */
  readonly session_close: (handle: number) => number;
  /** Where the text of a session is, or may be written, of so many bytes; 0: there is no room. Since 1.4. */
  readonly session_buffer: (length: number) => number;
  /** Writes a session's text there; gives its length, or 0: the result then says why. Since 1.4. */
  readonly session_snapshot: (handle: number) => number;
  /**
   * Opens the session whose text of so many bytes is there. Gives as `session_open`; with a handle, too, the result may
   * have an error: the first fact that does not fit. Since 1.4.
   */
  readonly session_restore: (length: number) => number;
  /**
   * Asks once more all sessions that changed or whose answer may have ended by then; with `all`, every one. Gives how
   * many have another answer; at `maxChanges` there may be more, and it is to be called again.
   */
  readonly session_sweep: (now: number, all: number) => number;
  /** When a sweep may find something, in milliseconds: 0 at once, +Infinity never. */
  readonly session_due: () => number;
  readonly session_count: () => number;
}

/** The same by name, for a compiler that exports them and a host that looks whether they are there. */
export const sessionExports = [
  'reserve',
  'session_id',
  'changes',
  'session_open',
  'session_patch',
  'session_set',
  'session_record',
  'session_decide',
  'session_effect',
  'session_close',
  'session_buffer',
  'session_snapshot',
  'session_restore',
  'session_sweep',
  'session_due',
  'session_count',
] as const satisfies readonly (keyof SessionExports)[];

/** There if the policy declares `context.call_digest`. Since 1.4. */
export interface DigestExports {
  /** Address of 72 bytes: where the host writes the digest of the call before it asks; a zero first: it has none. */
  readonly call_digest: WebAssembly.Global;
  /** Address of the cell that has the digest which was judged. */
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
  /** Where to write a request of so many bytes; 0 when it is too long. */
  readonly request: (length: number) => number;
  /**
   * Reads the request and judges it. `now` is in milliseconds, NaN for none; `clock` as above.
   * Returns the address of the result. Constraints are cells in the manifest's order.
   */
  readonly decide: (length: number, now: number, clock: number) => number;
  /** Judges the request read last once more, at another instant. */
  readonly again: (now: number) => number;
  /** Fills in the reasons' unknown paths, the placeholders of their messages and their properties. */
  readonly explain: () => void;
  /** The instant of evaluation in milliseconds, NaN for none. Since 1.2. */
  readonly instant?: () => number;
  /**
   * Judges what the host wrote to the facts' cells (see `Encoding`), for the selectors of the request:
   * each 1 + index into the manifest's, 0 for a name that it does not list. `decided`: 1 if the host
   * wrote the tests' bits. Returns as `decide`, or 0 where a text can't be read. Since 1.3.
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

// Limits of requests, sessions and calls.

export const requestLimits = {
  /** Length of the JSON. */
  bytes: 65_536,
  /** Length of a string, in UTF-8. */
  stringBytes: 4_096,
  /** Length of an array. */
  elements: 256,
  /** Nesting depth of objects and arrays. */
  depth: 16,
} as const;

/** The limits of data that a host accepts instead of JSON: more than any module does, because data can be infinite. */
export const inputLimits = {
  /** Length of the JSON, in characters. */
  bytes: 1_048_576,
  /** Nesting depth of objects and arrays. */
  levels: 64,
} as const;

/** Maximum length of a session id, and of the name of a table or a signal, in bytes. */
export const maxName = 255;

/** Maximum length of a session's snapshot, in bytes. */
export const maxSession = 16_777_216;

/**
 * Maximum length of a record of the history across sessions, in bytes: the hexadecimal digits of two lists of 4,096 instants with
 * 16 bytes each, of a key of four strings, and less than 128 other bytes.
 */
export const maxHistoryRecord: number =
  2 * (2 * 4_096 * 16 + 4 * (4 + requestLimits.stringBytes) + 128);

/** The number of changes that one call of `session_sweep` returns. */
export const maxChanges = 1024;

/** The size of a page of memory, in bytes. */
export const pageBytes = 65_536;

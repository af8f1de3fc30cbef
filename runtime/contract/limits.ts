// Limits of requests, sessions and calls.

export const requestLimits = {
  /** Of the JSON. */
  bytes: 65_536,
  /** Of a string, in UTF-8. */
  stringBytes: 4_096,
  /** Of an array. */
  elements: 256,
  /** Levels of objects and arrays. */
  depth: 16,
} as const;

/** In bytes. */
export const maxSessionId = 255;

/** In bytes of a session's snapshot. */
export const maxSession = 16_777_216;

/** The number of changes that one call of `session_sweep` returns. */
export const maxChanges = 1024;

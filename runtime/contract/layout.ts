// The layout of what hosts read and write in memory: byte offsets of records, and their bits. Integers are
// little-endian and unsigned.

/** How `decide` uses its instant: `now` overrides the request's time, or is used if there is none. */
export const clock = { host: 0, request: 1 } as const;

/**
 * The parts that a call writes: the header alone without the key, the response as well, that only if the answer has no
 * key, or the header alone with the key.
 */
export const forms = { header: 0, response: 1, unlessKeyed: 2, keyedHeader: 3 } as const;

/** The request that `session_decide` evaluates: the latest, without and with a decision, or the one that was written. */
export const asks = { again: 0, latest: 1, given: 2 } as const;

/** The header of a response, 32 bytes; the response follows. */
export const headerLayout = {
  /** u8, an index of `effects` */
  effect: 0,
  /** u8, a set of `answerFlags` */
  flags: 1,
  /** u32, in bytes; 0: the response was not written */
  length: 4,
  /** f64, milliseconds since the epoch; +Infinity: time alone does not change the answer */
  validUntil: 8,
  /** u64; answers of a module with the same key differ in `valid_until` only; 0: the answer has none */
  key: 16,
  /** u32, where the text of `valid_until` starts in the response; 0: there is none */
  untilOffset: 24,
  size: 32,
} as const;

export const answerFlags = {
  /** No permit fired, and no deny either. */
  defaultDeny: 1,
  /** The request is invalid. */
  invalid: 2,
  /** Sessions only: the instant is more than a minute before the latest one. */
  clockWentBack: 4,
  /** Sessions only: revoked under another policy, for reasons that this one does not have. */
  revokedBefore: 8,
  /** The instant is invalid. */
  noInstant: 16,
} as const;

/**
 * A value, 16 bytes: i64, or u32 pointer and u32 length (bytes of a string or an address, elements of a set); u8
 * whether it is present; u8 whether it is known. An enum is the index of its member, a Bool 0 or 1, a time or
 * duration milliseconds; the elements of a set are such cells.
 */
export const cellLayout = {
  value: 0,
  pointer: 0,
  length: 4,
  present: 8,
  known: 9,
  /** Collections only: whether an element is unknown. */
  partial: 10,
  /** Whether the module must still read it. */
  unread: 11,
  size: 16,
} as const;

/** A cell's bytes from `present` on, as a host writes them: a u32. */
export const cellMarks = {
  absent: 0,
  present: 0x1,
  known: 0x101,
  /** Added to `known` for a collection with an unknown element. */
  partial: 0x10000,
  /** Known, but the module must still read it: a string, or a set that may have duplicate elements. */
  unread: 0x1000101,
} as const;

/** A session whose answer changed, 8 bytes: u32 handle, u8 effects. */
export const changeLayout = { handle: 0, before: 4, after: 5, size: 8 } as const;

/** Parts of a request, as bits: those that a patch replaces as a whole. */
export const requestParts = { subject: 1, action: 2, resource: 4, context: 8 } as const;

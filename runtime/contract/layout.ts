// The layout of an answer in memory: byte offsets of its records, and their bits. Integers are little-endian and
// unsigned.

/** How `decide` uses its instant: `now` overrides the request's time, or is used if there is none. */
export const clock = { host: 0, request: 1 } as const;

/** Byte offsets in the result; integers are little-endian and unsigned. */
export const resultLayout = {
  /** u32 */
  effect: 0,
  /** u32, a set of `resultFlags` */
  flags: 4,
  /** f64, milliseconds since the epoch; +Infinity: time alone does not change the answer */
  validUntil: 8,
  /** u32 each: code (0: none), index into `paths`, index into `foundNames`, byte offset in the request */
  errorCode: 16,
  errorPath: 20,
  errorFound: 24,
  errorOffset: 28,
  /** u32 × 4: the array indexes for the path's `[]`, outermost first */
  errorIndexes: 32,
  /** u32: the number of reasons at the exported `reasons` */
  reasonCount: 48,
  /** u32 each: 1 + index into the manifest's `selectors`, 0 for names that it does not list */
  subject: 52,
  action: 56,
  resource: 60,
  size: 64,
} as const;

/** The number of array indexes that an error has. */
export const maxErrorIndexes = 4;

export const resultFlags = {
  /** No permit fired, and no deny either. */
  defaultDeny: 1,
  /** The request is invalid. */
  invalid: 2,
  /** Sessions only: the instant is more than a minute before the latest one. Since 1.4. */
  clockWentBack: 4,
  /** Sessions only: revoked under another policy, for reasons that this one does not have. Since 1.4. */
  revokedBefore: 8,
} as const;

/** One fired reason, 16 bytes: u32 index into `reasons`, u32 1 when unknown, u64 unknown paths. */
export const reasonLayout = { index: 0, firedOnUnknown: 4, unknown: 8, size: 16 } as const;

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
  /** Whether the module must still read it. Since 1.3. */
  unread: 11,
  size: 16,
} as const;

/** A cell's bytes from `present` on, as a host writes them: a u32. Since 1.3. */
export const cellMarks = {
  absent: 0,
  present: 0x1,
  known: 0x101,
  /** Added to `known` for a collection with an unknown element. */
  partial: 0x10000,
  /** Known, but the module must still read it: a string, or a set that may have duplicate elements. */
  unread: 0x1000101,
} as const;

/** The outcome of loading a table, 32 bytes: u32 each, with 2^32 - 1 for none. */
export const outcomeLayout = {
  /** As in `requestErrorTexts`; 0: loaded. */
  code: 0,
  /** 0 and 1 for a key, 2 for the value, 3 for one of its elements. */
  place: 4,
  found: 8,
  /** Byte offset in the document, like the next two: the opening quotes of the keys that lead to the error. */
  offset: 12,
  firstKey: 16,
  secondKey: 20,
  /** The array index, if the error is in an array. */
  element: 24,
  /** The missing memory, in pages of 64 KiB. */
  missingPages: 28,
  size: 32,
} as const;

/** The value of a member of the outcome that is not present. */
export const outcomeNone = 0xffff_ffff;

/** A session whose answer changed, 8 bytes: u32 handle, u8 effects. Since 1.4. */
export const changeLayout = { handle: 0, before: 4, after: 5, size: 8 } as const;

/** Parts of a request, as bits: those that a patch replaces as a whole. */
export const requestParts = { subject: 1, action: 2, resource: 4, context: 8 } as const;

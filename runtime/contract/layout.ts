// Where a module puts an answer: byte offsets of its records, and the bits in them. Integers are little-endian and unsigned.

/** How `decide` takes its instant: `now` overrules the request's time, or stands in for it. */
export const clock = { host: 0, request: 1 } as const;

/** Byte offsets in the result; integers are little-endian and unsigned. */
export const resultLayout = {
  /** u32 */
  effect: 0,
  /** u32, a set of `resultFlags` */
  flags: 4,
  /** f64, milliseconds since the epoch; +Infinity: time alone changes nothing */
  validUntil: 8,
  /** u32 each: code (0: none), index into `paths`, index into `foundNames`, bytes from the text's start */
  errorCode: 16,
  errorPath: 20,
  errorFound: 24,
  errorOffset: 28,
  /** u32 × 4: the places in arrays that the path's `[]` stand for, outermost first */
  errorIndexes: 32,
  /** u32: how many reasons follow at the exported `reasons` */
  reasonCount: 48,
  /** u32 each: 1 + index into the manifest's `selectors`, 0 for names that it does not list */
  subject: 52,
  action: 56,
  resource: 60,
  size: 64,
} as const;

export const resultFlags = {
  /** No permit fired, and no deny either. */
  defaultDeny: 1,
  /** The request was at fault. */
  invalid: 2,
  /** Of a session: the instant is more than a minute before its latest. Since 1.4. */
  clockWentBack: 4,
  /** Of a session: it was revoked under another policy, for reasons that this one does not have. Since 1.4. */
  revokedBefore: 8,
} as const;

/** One fired reason, 16 bytes: u32 index into `reasons`, u32 1 when unknown, u64 unknown paths. */
export const reasonLayout = { index: 0, firedOnUnknown: 4, unknown: 8, size: 16 } as const;

/**
 * A value, 16 bytes: i64, or u32 pointer and u32 length (bytes of text or of an address, elements
 * of a set); u8
 * whether it is there; u8 whether it is known. An enum is its member's place, a Bool 0 or 1, a time
 * or duration milliseconds; a set's elements are such cells.
 */
export const cellLayout = {
  value: 0,
  pointer: 0,
  length: 4,
  present: 8,
  known: 9,
  /** Of a collection: whether an element is unknown. */
  partial: 10,
  /** Whether the module has yet to read it. Since 1.3. */
  unread: 11,
  size: 16,
} as const;

/** A cell's bytes from `present` on, as a host writes them: a u32. Since 1.3. */
export const cellMarks = {
  absent: 0,
  present: 0x1,
  known: 0x101,
  /** Beside `known`, of a collection some element of which is unknown. */
  partial: 0x10000,
  /** Known, and yet to be read by the module: a text, or a set that may have an element twice. */
  unread: 0x1000101,
} as const;

/** What became of a table that was to be loaded, 32 bytes: u32 each, none being 2^32 - 1. */
export const outcomeLayout = {
  /** As in `requestErrorTexts`; 0: it was loaded. */
  code: 0,
  /** 0 and 1 a key, 2 the value, 3 an element of it. */
  place: 4,
  found: 8,
  /** Bytes from the text's start, as the next two: the quotes of the keys that lead to the fault. */
  offset: 12,
  firstKey: 16,
  secondKey: 20,
  /** Its place in an array, if it lies in one. */
  element: 24,
  /** How much more memory it takes, in pages of 64 KiB. */
  missingPages: 28,
  size: 32,
} as const;

/** One session that has another answer than before, 8 bytes: u32 handle, u8 effects. Since 1.4. */
export const changeLayout = { handle: 0, before: 4, after: 5, size: 8 } as const;

/** Parts of a request, as bits: those of which a patch tells the whole. */
export const requestParts = { subject: 1, action: 2, resource: 4, context: 8 } as const;

// The memory layout, and the limits of a request. The compiler replaces this file for each policy; these
// values serve the library's own tests. All addresses are multiples of 16, and the areas do not overlap:
// document (followed by 32 bytes), names, arena, shapes. The arena has at least 64 KiB.

/**
 * The first byte of the request, a multiple of 32. `INPUT_LIMIT` + 32 bytes are reserved from here on.
 */
export const INPUT: usize = 1024;
/** The maximum number of bytes of a document. */
export const INPUT_LIMIT: i32 = 65536;

/** The marks of the document, two bits per byte and 32 bytes more. */
export const MARKS: usize = 630800;

/** The table of undeclared member names: `NAMES_SLOTS` slots of 16 bytes, initially zero. */
export const NAMES: usize = 67584;
/** A power of two, above `INPUT_LIMIT` / 5: a member takes at least five bytes. */
export const NAMES_SLOTS: i32 = 16384;

/** The maximum number of probes for all names of a document, per slot. */
export const NAMES_PROBES: i32 = 4;
/** The maximum number of slots of an external table that a look-up probes. */
export const PROBE_LIMIT: i32 = 256;

/** Whether requests may be incomplete, to evaluate what is possible. */
export const OPENS_REQUESTS: bool = true;

/** The area of values that are valid for one request. */
export const ARENA: usize = 331776;
export const ARENA_END: usize = 593920;

/** The joined strings of an answer's obligations. */
export const TEXTS: usize = 608;
export const TEXTS_END: usize = 624;

/** Learned shapes: the start of each tree, the trees, and the notes of one document, 32 bytes each. */
export const SHAPE_ROOTS: usize = 593920;
export const SHAPE_ROOT_COUNT: i32 = 2;
export const SHAPES: usize = 593936;
export const SHAPES_END: usize = 626704;
export const NOTES: usize = 626704;
export const NOTES_END: usize = 630800;

/** The start of blocks: a multiple of a page, above everything else in memory. */
export const BLOCKS: usize = 1572864;

/** Whether patterns of the policy have automata, and whether some are globs that need none. */
export const HAS_AUTOMATA: bool = true;
export const HAS_SEGMENT_GLOBS: bool = true;

/** Whether a window has seasons. */
export const HAS_SEASONS: bool = true;

/** Whether an external table is transitive. */
export const HAS_CLOSED_TABLES: bool = true;

/** The maximum number of bytes of a string, in UTF-8 and without escapes. */
export const STRING_LIMIT: i32 = 4096;
/** The maximum number of elements of a set or list. */
export const ELEMENT_LIMIT: i32 = 256;
/** The maximum level of nesting; the root is level 1. */
export const DEPTH_LIMIT: i32 = 16;

/** The answer: see the ABI. */
export const RESULT: usize = 0;
/** The winning reasons, 16 bytes each. */
export const REASONS: usize = 64;
/** The number of reasons of the policy. */
export const REASON_COUNT: i32 = 4;
/** For each effect the reasons that fired, `REASON_COUNT` words. */
export const FIRED: usize = 128;
/** The narrows that fired, 12 bytes each. */
export const NARROWED: usize = 256;
/** The cells of the merged constraints. */
export const CONSTRAINTS: usize = 512;
export const CONSTRAINT_COUNT: i32 = 4;
/** The cells of the values that the answer offers. */
export const OFFERS: usize = 576;
export const OFFER_COUNT: i32 = 2;
/** A cell that is written instead of none, and never read. */
export const IGNORED: usize = 608;
/** The cells of the facts, and their total bytes. */
export const FACTS: usize = 640;
export const FACTS_SIZE: i32 = 256;

/** The bytes of the rest of a session's record. */
export const SESSION_REST: usize = 64;

/** The reasons of a response by rank: a bit for each, and the addresses of their entries. */
export const RANK_BITS: usize = 0;
export const RANK_ENTRIES: usize = 0;
/** A bit for each path that the answer read. */
export const READ_BITS: usize = 0;
/** The obligations of an answer, 16 bytes each. */
export const DEMANDS: usize = 0;
/** Room for a sorted set, for parts of a response that are written first, and for the response. */
export const RESPONSE_SORTED: usize = 0;
export const RESPONSE_TEXTS: usize = 0;
export const RESPONSE: usize = 0;
export const RESPONSE_END: usize = 0;

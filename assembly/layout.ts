// Where things lie in memory, and the bounds on a request. The compiler replaces this file for each
// policy; what stands here serves the library's own tests. All addresses are multiples of 16, and
// the areas don't overlap: text (with 32 bytes behind it), names, arena, shapes. The arena holds 64 KiB
// or more.

/** The request's first byte, a multiple of 32. `INPUT_LIMIT` + 32 bytes are reserved from here on. */
export const INPUT: usize = 1024;
/** Bytes of the longest text. */
export const INPUT_LIMIT: i32 = 65536;

/** The text's marks, two bits a byte and 32 bytes more. */
export const MARKS: usize = 630800;

/** The table of undeclared member names: `NAMES_SLOTS` slots of 16 bytes, zero at first. */
export const NAMES: usize = 67584;
/** A power of two, above `INPUT_LIMIT` / 5: a member takes at least five bytes of text. */
export const NAMES_SLOTS: i32 = 16384;

/** How many slots may be probed for all names of a text, for each slot that there is. */
export const NAMES_PROBES: i32 = 4;
/** How many slots of an external table a look-up probes at most. */
export const PROBE_LIMIT: i32 = 256;

/** The area of values that last for one request. */
export const ARENA: usize = 331776;
export const ARENA_END: usize = 593920;

/** The strings of an answer's obligations that are joined from parts. */
export const TEXTS: usize = 608;
export const TEXTS_END: usize = 624;

/** Learned shapes: where each tree begins, the trees, and the notes of one text, 32 bytes each. */
export const SHAPE_ROOTS: usize = 593920;
export const SHAPE_ROOT_COUNT: i32 = 2;
export const SHAPES: usize = 593936;
export const SHAPES_END: usize = 626704;
export const NOTES: usize = 626704;
export const NOTES_END: usize = 630800;

/** Where blocks begin: a multiple of a page, above all else in memory. */
export const BLOCKS: usize = 1572864;

/** Bytes of the longest string, in UTF-8 and without escapes. */
export const STRING_LIMIT: i32 = 4096;
/** Elements of the largest set or list. */
export const ELEMENT_LIMIT: i32 = 256;
/** Levels of the deepest nesting; the root is level 1. */
export const DEPTH_LIMIT: i32 = 16;

/** The answer: see the host's ABI. */
export const RESULT: usize = 0;
/** The winning reasons, 16 bytes each. */
export const REASONS: usize = 64;
/** How many reasons the policy has. */
export const REASON_COUNT: i32 = 4;
/** For each effect the reasons that fired, `REASON_COUNT` words. */
export const FIRED: usize = 128;
/** The narrows that stand, 12 bytes each. */
export const NARROWED: usize = 256;
/** The merged constraints' cells. */
export const CONSTRAINTS: usize = 512;
export const CONSTRAINT_COUNT: i32 = 4;
/** A cell that is written instead of none, and never read. */
export const IGNORED: usize = 608;
/** The cells of the facts, and how many bytes they take. */
export const FACTS: usize = 640;
export const FACTS_SIZE: i32 = 256;

/** Bytes of the rest of a session's record. */
export const SESSION_REST: usize = 64;

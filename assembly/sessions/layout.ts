// The compiler's constants about the sessions of a policy: where their facts are, what they store, and the
// texts that their JSON consists of. The compiler replaces this file; these values are those of a policy
// without facts and history.

/** Limits and layouts of the ABI. */
export const MAX_SESSION: i32 = 1048576;
export const MAX_CHANGES: i32 = 64;
export const CHANGES_BYTES: i32 = 512;
export const CHANGE_BYTES: usize = 8;
export const CHANGE_HANDLE: usize = 0;
export const CHANGE_BEFORE: usize = 4;
export const CHANGE_AFTER: usize = 5;

/** Whether a rule uses history. */
export const HAS_HISTORY: bool = false;
/** Whether the policy has external tables, whose contents change without notice to any session. */
export const HAS_TABLES: bool = false;
/**
 * Whether a session stores the words of its atoms: rules read only these and the words of its record.
 * Then another evaluation does not load its other facts.
 */
export const STORES_ATOMS: bool = false;
/** Whether rules read only the words of atoms, and never the time: these determine the answer. */
export const IS_PACKED: bool = false;
/** The first pair of words of atoms. */
export const ATOMS: usize = 0;

/** The tables of stored facts: the words of a record, and all others, of which records come first. */
export const WORDS: usize = 0;
export const WORD_COUNT: i32 = 0;
export const SLOTS: usize = 0;
export const SLOT_COUNT: i32 = 0;
export const RECORD_SLOTS: i32 = 0;
/** The bytes of a session's state: that of its tracks, and a bit for each member that is outdated. */
export const STATE_SIZE: usize = 0;
export const OUTDATED: usize = 0;
export const OUTDATED_BYTES: usize = 0;

/** The cells of the request's own strings. */
export const SUBJECT_TYPE: usize = 0;
export const SUBJECT_ID: usize = 0;
export const ACTION_NAME: usize = 0;
export const RESOURCE_TYPE: usize = 0;
export const RESOURCE_ID: usize = 0;
/** The cells of the properties of each root, and of the context. */
export const SUBJECT_CELLS: usize = 0;
export const SUBJECT_CELLS_SIZE: i32 = 0;
export const ACTION_CELLS: usize = 0;
export const ACTION_CELLS_SIZE: i32 = 0;
export const RESOURCE_CELLS: usize = 0;
export const RESOURCE_CELLS_SIZE: i32 = 0;
export const CONTEXT_CELLS: usize = 0;
export const CONTEXT_CELLS_SIZE: i32 = 0;
/** The names that the policy lists for each root: a pointer and a length by selector. */
export const SUBJECT_NAMES: usize = 0;
export const ACTION_NAMES: usize = 0;
export const RESOURCE_NAMES: usize = 0;
/** A bit for each word of a record that belongs to the action or the resource. */
export const QUERY_WORDS: u32 = 0;

/** History: see tracks.ts and terms.ts; a u64 for each track identifies it to other policies. */
export const TRACKS: usize = 0;
export const TRACK_COUNT: i32 = 0;
export const TERMS: usize = 0;
export const TERM_COUNT: i32 = 0;
/** Whether a track stores a sum, and whether the window of one is a calendar period. */
export const HAS_SUMS: bool = false;
export const HAS_PERIODS: bool = false;
/** Whether the policy declares outcomes. */
export const HAS_OUTCOMES: bool = false;
export const IDENTITIES: usize = 0;
/**
 * The tracks of the events of all sessions, which follow those of a session in the table of tracks; the bytes that
 * they take in the module; and where the state of a session has its links (see links.ts).
 */
export const HAS_SHARED: bool = false;
export const SHARED_COUNT: i32 = 0;
export const SHARED_BYTES: usize = 0;
export const LINKS: usize = 0;
/** Whether a track has a compound key (see keys.ts). */
export const HAS_COMPOUND_KEYS: bool = false;
/** Whether one of the events of all sessions is a counter; and where the state of a session has what its decision added (see counters.ts). */
export const HAS_COUNTERS: bool = false;
export const OWN: usize = 0;
/** The cells of an event's effect and time. */
export const EVENT_EFFECT: usize = 0;
export const EVENT_TIME: usize = 0;

/** The names of effects, a pointer and a length each. */
export const EFFECTS: usize = 0;
/** The reasons of revokes, 12 bytes each: number, and pointer and length of the name. */
export const REVOKES: usize = 0;
export const REVOKE_COUNT: i32 = 0;

/** Texts of the JSON, as an address with the length in the upper half. */
export const TEXT_SESSION: u64 = 0;
export const TEXT_CALL: u64 = 0;
export const TEXT_CALL_RESOURCE: u64 = 0;
export const TEXT_LATEST: u64 = 0;
export const TEXT_EFFECT: u64 = 0;
export const TEXT_OUTDATED: u64 = 0;
export const TEXT_REVOKED: u64 = 0;
export const TEXT_HISTORY: u64 = 0;
export const TEXT_REQUEST: u64 = 0;
export const TEXT_SUBJECT: u64 = 0;
export const TEXT_ID: u64 = 0;
export const TEXT_ACTION: u64 = 0;
export const TEXT_RESOURCE: u64 = 0;
export const TEXT_PROPERTIES: u64 = 0;
export const TEXT_CONTEXT: u64 = 0;
export const TEXT_NULL: u64 = 0;
export const TEXT_RECORD: u64 = 0;
export const TEXT_ENTRY: u64 = 0;

// The addresses of one policy. The compiler replaces this file.

/** The cell of the request's time, which the host's clock replaces; 0: rules do not use it. */
export const TIME_CELL: usize = 0;
/** The bytes of the facts that a request determines. */
export const REQUEST_FACTS_SIZE: i32 = 0;
/** The first of two trees of learned shapes: for requests without an instant, and with one. */
export const SHAPE_ROOT: i32 = 0;

/** The table of the members of a request (see members.ts), and that of its context; 0: it has none. */
export const ROOT_RECORD: usize = 0;
export const CONTEXT_RECORD: usize = 0;
export const CONTEXT_PATH: i32 = 0;
/** Whether the table of the context depends on the types and names of the request; `contextRecord` then chooses it. */
export const SCOPED_CONTEXTS: bool = false;
/** Whether rules read members that only some types or actions declare. */
export const PARTIAL_MEMBERS: bool = false;
/** The descriptions of subject, action and resource: see `Entity`. */
export const ENTITIES: usize = 0;
/** Whether partial requests are read as well. */
export const PATCHES: bool = false;

/** The cell of the call digest; 0: the policy does not declare it. */
export const DIGEST_CELL: usize = 0;
/** Where the digest is written. */
export const DIGEST: usize = 0;
export const DIGEST_BYTES: i32 = 72;
/** Texts between the parts that it covers, as an address with the length in the upper half. */
export const CALL_ACTION: u64 = 0;
export const CALL_RESOURCE: u64 = 0;
export const CALL_SUBJECT: u64 = 0;

/** The tables of responses: see response/tables.ts. A u32 for each reason: its rank. */
export const REASON_ROWS: usize = 0;
export const RANKS: usize = 0;
/** The traits that a reason can have: see `ReasonRow`. */
export const ALL_TRAITS: u32 = 0;
/** The words with a bit for each rank. */
export const RANK_WORDS: i32 = 0;
/** The constraints by name, as a list of `ValueRow`s; 0: there are none. */
export const CONSTRAINT_VALUES: usize = 0;
/** The offers by path, likewise. */
export const OFFER_VALUES: usize = 0;
/** Whether a reason requires obligations. */
export const HAS_DEMANDS: bool = false;
/** A u32 for each path that answers list: its fragment, in order; and the words with a bit for each of them. */
export const READ_PATHS: usize = 0;
export const READ_WORDS: i32 = 0;
/** Bits of paths: those that select rules, those of a whole request, and decisions of a session (0: none). */
export const CHOOSER_BITS: usize = 0;
export const REQUEST_BITS: usize = 0;
export const DECISION_BITS: usize = 0;
/** The lists of `ScopeRow`s: of all rules, and of the history that revoke rules read (0: none). */
export const SCOPES: usize = 0;
export const FAULT_SCOPES: usize = 0;
/** The bit of the path of the call digest; -1: no rule reads it. */
export const DIGEST_PATH: i32 = -1;
/** The texts of errors, by path, by code and by what was found. */
export const PATH_ROWS: usize = 0;
export const CODE_ROWS: usize = 0;
export const FOUND_TEXTS: usize = 0;
/** The names of external tables, and a `TableRow` for each. */
export const TABLE_NAMES: usize = 0;
export const TABLE_TEXTS: usize = 0;
/** The names of signals; 0: the module holds no sessions. */
export const SIGNAL_NAMES: usize = 0;
/** Fragments by effect: the start of a response, and the effect of a reason. */
export const HEADS: usize = 0;
export const EFFECT_TEXTS: usize = 0;
/** The numbers of listed names, and one more for others, of which the key of an answer consists. */
export const SUBJECT_PLACES: i32 = 1;
export const ACTION_PLACES: i32 = 1;
export const PLACES: u64 = 1;
export const REASON_BASE: u64 = 1;
/** The maximum number of reasons of an answer that has a key. */
export const KEYED_REASONS: i32 = 0;

/** Fragments that all policies have. */
export const TEXT_ID: usize = 0;
export const TEXT_MESSAGE: usize = 0;
export const TEXT_UNKNOWN_VALUE: usize = 0;
export const TEXT_FIRED: usize = 0;
export const TEXT_UNKNOWN: usize = 0;
export const TEXT_UNKNOWN_PATHS: usize = 0;
export const TEXT_COLUMN: usize = 0;
export const TEXT_END_SOURCE: usize = 0;
export const TEXT_DETAILS: usize = 0;
export const TEXT_CONSTRAINTS: usize = 0;
export const TEXT_LOWER: usize = 0;
export const TEXT_FIRST_OBLIGATION: usize = 0;
export const TEXT_NEXT_OBLIGATION: usize = 0;
export const TEXT_ACCESS_REQUEST: usize = 0;
export const TEXT_EXPIRES_AT: usize = 0;
export const TEXT_END_ACCESS_REQUEST: usize = 0;
export const TEXT_EVALUATED_AT: usize = 0;
export const TEXT_VALID_UNTIL: usize = 0;
export const TEXT_READ: usize = 0;
export const TEXT_SINGLE_USE: usize = 0;
export const TEXT_CALL_DIGEST: usize = 0;
export const TEXT_ERROR: usize = 0;
export const TEXT_PATH: usize = 0;
export const TEXT_EXPECTED: usize = 0;
export const TEXT_FOUND: usize = 0;
export const TEXT_OFFSET: usize = 0;
export const TEXT_END_ERROR: usize = 0;
export const TEXT_END: usize = 0;
/** The reason of an answer that no rule determined, and the end of its details. */
export const TEXT_DEFAULT_DENY: usize = 0;
export const TEXT_INVALID_REQUEST: usize = 0;
export const TEXT_CLOCK_WENT_BACK: usize = 0;
export const TEXT_REVOKED_BEFORE: usize = 0;
export const TEXT_ENGINE_ERROR: usize = 0;
/** After the number of bytes that tables may take. */
export const TEXT_OF_TABLES: usize = 0;

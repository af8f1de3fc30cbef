// The addresses of one policy. The compiler replaces this file.

/** The cell of the request's time, which the host's clock replaces; 0: rules do not use it. */
export const TIME_CELL: usize = 0;
/** The first of two trees of learned shapes: for requests without an instant, and with one. */
export const SHAPE_ROOT: i32 = 0;

/** The table of the members of a request (see members.ts), and that of its context; 0: it has none. */
export const ROOT_RECORD: usize = 0;
export const CONTEXT_RECORD: usize = 0;
export const CONTEXT_PATH: i32 = 0;
/** The descriptions of subject, action and resource: see `Entity`. */
export const ENTITIES: usize = 0;
/** Whether partial requests are read as well. */
export const PATCHES: bool = false;

/** The cell of the call digest; 0: the policy does not declare it. */
export const DIGEST_CELL: usize = 0;
/** Where the host writes the digest, and where rules read it. */
export const HOST_DIGEST: usize = 0;
export const TAKEN_DIGEST: usize = 0;
export const DIGEST_BYTES: i32 = 0;

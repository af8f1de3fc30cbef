// The answer of a call, from which its response is written: the result and its reasons.

/** The answer at `RESULT`. */
@unmanaged
export class Result {
  /** As in `Effect`. */
  effect!: i32;
  /** A set of `ResultFlag`. */
  flags!: u32;
  /** In milliseconds since the epoch; +Infinity if time alone does not change the answer. */
  validUntil!: f64;
  /** As in `Code`; 0 without an error. */
  errorCode!: i32;
  errorPath!: i32;
  /** As in `Found`. */
  errorFound!: i32;
  /** In bytes from the start of the document. */
  errorOffset!: i32;
  /** Four i32: the array indexes of the error's path, the outermost first. */
  errorIndexes!: u64;
  moreErrorIndexes!: u64;
  reasonCount!: i32;
}

/** A reason of the answer; they are in sequence at `REASONS`. */
@unmanaged
export class Reason {
  /** The index among the reasons of the policy. */
  index!: u32;
  /** A set of `ReasonFlag`. */
  flags!: u32;
  /** A bit for each path that is unknown; 0 until the answer is explained. */
  unknown!: u64;
}

/** From the least to the most strict. */
export namespace Effect {
  export const PERMIT: i32 = 0;
  export const NARROW: i32 = 1;
  export const CHALLENGE: i32 = 2;
  export const DENY: i32 = 3;
  export const REVOKE: i32 = 4;
}

export namespace ResultFlag {
  /** No permit fired, and no deny either. */
  export const DEFAULT_DENY: u32 = 1;
  /** The request is invalid. */
  export const INVALID: u32 = 2;
  /** Sessions only: the instant is more than a minute before the latest one. */
  export const CLOCK_WENT_BACK: u32 = 4;
  /** Sessions only: revoked under another policy, for reasons that this one does not have. */
  export const REVOKED_BEFORE: u32 = 8;
  /** The instant of the evaluation is invalid. */
  export const NO_INSTANT: u32 = 16;
  /** A deny that offers values to which the request can be lowered. */
  export const LOWER: u32 = 32;
}

export const enum ReasonFlag {
  /** The rule fired because its condition is unknown. */
  UNKNOWN = 1,
  /** The reason of a narrow or challenge that denies instead. */
  FALLS = 2,
}

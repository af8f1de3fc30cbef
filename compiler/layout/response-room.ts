// The memory that responses take, as the layout needs it.

/** The bytes of the regions, except for numbers of things. */
export interface ResponseRoom {
  /** The number of reasons. */
  readonly ranks: number;
  /** The words of 64 bits with a bit for each path that answers list. */
  readonly readWords: number;
  /** The obligations of an answer. */
  readonly demands: number;
  /** The number of sets. */
  readonly sets: number;
  /** A sorted set. */
  readonly sorted: number;
  /** The constraints and the properties of obligations, which are written first. */
  readonly texts: number;
  /** The header and the response. */
  readonly response: number;
}

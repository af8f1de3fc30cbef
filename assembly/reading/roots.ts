/** The members of a request, by their indexes. */
export const enum Root {
  SUBJECT = 0,
  ACTION = 1,
  RESOURCE = 2,
  CONTEXT = 3,
}

/** The same as bits. */
export const enum Part {
  SUBJECT = 1,
  ACTION = 2,
  RESOURCE = 4,
  CONTEXT = 8,
}

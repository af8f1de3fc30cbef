// A typical mistake of a newcomer. docs/mistakes.md records its messages.

export const origins = [
  'Rego',
  'Cedar',
  'CEL',
  'Polar',
  'SQL',
  'JavaScript',
  'this language',
] as const;

export interface Mistake {
  /** The language that the author comes from; `this language` for mistakes that no other language explains. */
  readonly from: (typeof origins)[number];
  /** The mistake in a few words. */
  readonly title: string;
  readonly policy: string;
  /**
   * The quality of the messages, as judged by a reader. A (default): they state what is wrong in the author's
   * words, where, and what to write. B: they state what is wrong and where. There is no lower grade.
   */
  readonly grade?: 'A' | 'B';
}

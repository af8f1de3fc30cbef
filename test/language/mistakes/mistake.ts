// A typical mistake of a newcomer. What is reported for it is recorded in docs/mistakes.md.

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
  /** The language that the author thinks in; `this language` for slips that no other one explains. */
  readonly from: (typeof origins)[number];
  /** What is wrong, in a few words. */
  readonly title: string;
  readonly policy: string;
  /**
   * How good the report is, as judged by reading it aloud. A, the default: it says what is wrong in the
   * author's words, where, and what to write. B: it says what is wrong and where. Nothing is worse.
   */
  readonly grade?: 'A' | 'B';
}

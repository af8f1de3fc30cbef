// The source of a pattern: its text, its language and its options.

export type PatternLanguage = 'glob' | 'regex' | 'spiffe';

export interface PatternSource {
  readonly language: PatternLanguage;
  /** The source between the quotes. */
  readonly text: string;
  /** The separator of the segments of a glob. */
  readonly separator: string;
  /** Whether a glob ignores case. */
  readonly ignoringCase: boolean;
  /** Whether a regular expression matches if any part of the string matches. */
  readonly searches: boolean;
}

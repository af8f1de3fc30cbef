// The shape of a row in the tables of diagnostics.

export interface Entry {
  readonly severity: 'error' | 'warning';
  /** One line, lower case, no full stop; the user's own text in backticks. */
  // biome-ignore lint/suspicious/noExplicitAny: each row narrows its own parameters.
  readonly message: (params: any) => string;
  /** What to do about it, when that is always the same. */
  readonly help?: string;
  /**
   * The name that is not there, of which nothing more is said: neither where it stands once more, nor
   * where what declares it may have been lost to another mistake.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each row narrows its own parameters.
  readonly absent?: (params: any) => string;
  /** What is wrong, and why the language insists: two or three plain sentences. */
  readonly why: string;
  /** A small policy that raises exactly this code, and the same done right. Both are tests. */
  readonly avoid: string;
  readonly prefer: string;
}

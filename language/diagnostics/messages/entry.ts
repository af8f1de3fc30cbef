// The shape of an entry in the table of diagnostics.

export interface Entry {
  readonly severity: 'error' | 'warning' | 'advice';
  /** One line in lower case without a full stop; text from the source is in backticks. */
  // biome-ignore lint/suspicious/noExplicitAny: each row narrows its own parameters.
  readonly message: (params: any) => string;
  /** Advice that applies to every diagnostic with this code. */
  readonly help?: string;
  /**
   * The undeclared name. It is reported once, and not at all if its declaration may be missing
   * because of another error.
   */
  // biome-ignore lint/suspicious/noExplicitAny: each row narrows its own parameters.
  readonly absent?: (params: any) => string;
  /** The problem and why it is an error, in two or three sentences. */
  readonly why: string;
  /** A small policy that raises exactly this code, and its correct form. Both are tested. */
  readonly avoid: string;
  readonly prefer: string;
}

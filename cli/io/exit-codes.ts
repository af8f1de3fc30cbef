// What the process tells its caller when it ends, and the error that ends it with a plain sentence.

export const exitCode = {
  fine: 0,
  /** Diagnostics, failing tests. */
  findings: 1,
  /** Usage, or a file that can't be read or written. */
  usage: 2,
  /** With `eval --exit-code`: the decision is not a permit. */
  notPermitted: 3,
  /** A bug of ours. */
  bug: 70,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** The user's command or files are at fault; the message is all that is told. */
export class UsageError extends Error {}

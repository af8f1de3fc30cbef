// The exit codes of the process, and the error that ends it with a message.

export const exitCode = {
  fine: 0,
  /** Findings, such as diagnostics or failing tests. */
  findings: 1,
  /** Invalid usage, or a file that cannot be read or written. */
  usage: 2,
  /** With `eval --exit-code`: the decision is not a permit. */
  notPermitted: 3,
  /** A bug in nhipol. */
  bug: 70,
} as const;

export type ExitCode = (typeof exitCode)[keyof typeof exitCode];

/** An error in the user's command or files; only its message is printed. */
export class UsageError extends Error {}

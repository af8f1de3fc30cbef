// Whether a daemon is away, in words.

/** Returns `undefined` if the error has another cause. */
export function describeAwayProblem({ code }: NodeJS.ErrnoException): string | undefined {
  const isAway = code === 'ENOENT' || code === 'ECONNREFUSED';
  return isAway ? 'the daemon is away; start it with `nhipol daemon`' : undefined;
}

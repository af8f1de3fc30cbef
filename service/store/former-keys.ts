// The keys that identified a session before it had others, and until when: events about them have changed it.

export interface FormerKeys {
  readonly keys: readonly string[];
  /** Milliseconds since the epoch. */
  readonly until: number;
}

/** The number of former identities of a session that are remembered: the latest ones. */
const maxFormer = 64;

export function addFormer(
  former: readonly FormerKeys[],
  { keys, until }: FormerKeys,
): readonly FormerKeys[] {
  const text = JSON.stringify(keys);
  const others = former.filter((each) => JSON.stringify(each.keys) !== text);
  return [...others, { keys, until }].slice(-maxFormer);
}

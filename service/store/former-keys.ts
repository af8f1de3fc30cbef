// By what a session was identified before it was identified otherwise, and until when: events about that changed it.

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

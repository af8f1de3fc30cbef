// The keys that identified a session before it had others, with the events about them that have changed it.

export interface FormerKeys {
  readonly keys: readonly string[];
  /** The sequences of the tokens with these events, in the store of received tokens; absent: too many to be remembered. */
  readonly sequences?: readonly number[];
}

/** The number of former identities of a session that are remembered, and of their tokens. */
const [maxFormer, maxSequences] = [64, 5_000];

/** Beyond the limits it is known that there were others. */
export function addFormer(former: readonly FormerKeys[], added: FormerKeys): readonly FormerKeys[] {
  const text = JSON.stringify(added.keys);
  const all = [...former.filter(({ keys }) => JSON.stringify(keys) !== text), added];
  const size = all.reduce((sum, { sequences = [] }) => sum + sequences.length, 0);
  return all.length > maxFormer || size > maxSequences ? [{ keys: [] }] : all;
}

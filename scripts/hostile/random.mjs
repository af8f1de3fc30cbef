// Random choices that a seed determines.

/** `seed`: an integer. The generator is mulberry32. */
export function createRandom(seed) {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  /** An integer from 0 to `end` - 1. */
  const below = (end) => Math.floor(next() * end);
  return {
    below,
    pick: (items) => items[below(items.length)],
    /** Whether something of this probability happens. */
    chance: (probability) => next() < probability,
  };
}

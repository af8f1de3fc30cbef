// Seeded random numbers (mulberry32), so that every run and every engine gets the same requests.

/** @param {number} seed */
export function createRandom(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  /** Both ends included. @param {number} low @param {number} high */
  const integer = (low, high) => low + Math.floor(next() * (high - low + 1));
  /** @template T @param {readonly T[]} items @returns {T} */
  const pick = (items) => /** @type {T} */ (items[integer(0, items.length - 1)]);
  /** @param {number} probability */
  const chance = (probability) => next() < probability;
  /** @template T @param {readonly T[]} items @param {number} count @returns {T[]} */
  const sample = (items, count) => {
    const rest = [...items];
    return Array.from(
      { length: count },
      () => /** @type {T} */ (rest.splice(integer(0, rest.length - 1), 1)[0]),
    );
  };
  return { integer, pick, chance, sample };
}

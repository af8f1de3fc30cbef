// Pseudorandom numbers, the same for the same seed: a request takes hundreds of them, and fast-check is slow at
// drawing.

import type { Pick } from './numbers.ts';

/** Numbers from 0 (inclusive) to 1 (exclusive); mulberry32. */
export function createRandomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Random choices. */
export class Dice {
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** From 0 to `max`, inclusive. */
  readonly int = (max: number): number => Math.floor(this.#random() * (max + 1));

  /** `times` in 1,000. */
  readonly chance = (times: number): boolean => this.int(999) < times;

  readonly pick: Pick = (values) => values[this.int(values.length - 1)] as never;
}
